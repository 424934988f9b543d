import { writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import upng from 'upng-js';
import { demoTokens } from '../test/fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../test/fake-cloudflare/demo-world.ts';
import { resizeSideBar, type Session, startSession } from '../test/e2e/session.ts';

/** The animated picture of the README: an animated PNG, which browsers without animation show as its first frame. */
export const README_ANIMATION = 'docs/images/tour.png';

/** A picture in a README should load at once. */
const MOST_BYTES = 1_500_000;
const COLORS = 128;
/** How often it plays. A picture that never stops distracts from the text (WCAG 2.2.2). */
const PLAYS = 2;

type Frame = { readonly png: Buffer; readonly milliseconds: number };

const ACCOUNT = 'Tern & Co. Labs';
const NAME = 'Sensor gateway';

/** Takes the frames from the packaged extension in a real workbench: a failing destination is tested and replaced. */
async function takeFrames(session: Session): Promise<readonly Frame[]> {
  const { fake, receiversUrl, workbench, view } = session;
  const { quickInput, notifications, dialog, page } = workbench;
  const frames: Frame[] = [];
  const take = async (milliseconds: number): Promise<void> => {
    await page.mouse.move(880, 200);
    frames.push({ png: await workbench.screenshot(), milliseconds });
  };
  const record = async (succeeded: boolean): Promise<void> => {
    const account = demoAccountId(ACCOUNT);
    const found = (await fake.destinations({ account })).find(({ name }) => name === NAME);
    await fake.recordDelivery({ account, id: found?.id ?? '', succeeded });
  };
  await record(false);
  await workbench.welcome.getByText('Add Account…').click();
  await quickInput.waitFor('Paste a Cloudflare API token');
  await quickInput.answer(demoTokens.demo);
  await quickInput.waitFor('Choose the accounts to add');
  await quickInput.pick('Halden Logistics');
  await quickInput.pick('Brightwater Media');
  await quickInput.accept();
  await quickInput.waitFor('Enter a name for this account.');
  await quickInput.accept();
  await resizeSideBar(session, 360);
  await view.row(NAME).waitFor();
  await take(3000);

  await fake.addReceiverRule({ type: 'generic', answer: 'not_found', times: 1 });
  await view.pickFromMenu(NAME, 'Test Destination…');
  await quickInput.waitFor(`Test “${NAME}”`);
  await take(2000);
  await quickInput.pick('From this machine');
  await quickInput.waitFor('Enter the secret');
  await quickInput.answer('');
  await dialog.press('Send');
  await notifications.waitFor('from this machine failed');
  await take(4000);
  await notifications.clear();

  await view.pickFromMenu(NAME, 'Replace Destination…');
  await quickInput.waitFor('Enter the new URL');
  await quickInput.answer(`${receiversUrl}/generic/sensors-2`);
  await quickInput.waitFor('Enter the secret of the new destination');
  await quickInput.answer('');
  await dialog.read();
  await take(4500);
  await dialog.press('Replace');
  await notifications.waitFor(`Replaced “${NAME}”`);
  await take(3000);
  await notifications.clear();
  await record(true);
  await workbench.runCommand('Cloudflare Webhooks: Refresh All');
  await view.row(new RegExp(`^${NAME}, generic, healthy`)).waitFor();
  await take(4000);
  return frames;
}

/** Takes the frames and writes the animated picture. Throws if it is too large to load at once. */
export async function takeAnimation(): Promise<void> {
  const session = await startSession({
    userSettings: { 'workbench.colorTheme': 'Default Dark Modern' },
    viewport: { width: 900, height: 560 },
    deviceScaleFactor: 2,
  });
  try {
    const frames = await takeFrames(session);
    const pictures = frames.map(({ png }) => upng.decode(new Uint8Array(png).buffer));
    const [first] = pictures;
    if (!first) {
      throw new Error('There are no frames.');
    }
    const pixels = pictures.flatMap((picture) => upng.toRGBA8(picture));
    const delays = frames.map(({ milliseconds }) => milliseconds);
    const animated = Buffer.from(upng.encode(pixels, first.width, first.height, COLORS, delays));
    if (animated.length > MOST_BYTES) {
      throw new Error(`${README_ANIMATION} has ${animated.length} bytes. The limit is ${MOST_BYTES} bytes.`);
    }
    await writeFile(README_ANIMATION, limitPlays(animated, PLAYS));
    console.log(`${README_ANIMATION}: ${frames.length} frames, ${Math.round(animated.length / 1000)} kB`);
  } finally {
    await session.close();
  }
}

/** The bytes of an animated PNG with the number of plays. upng-js writes 0, which means forever. */
export function limitPlays(png: Buffer, plays: number): Buffer {
  const at = png.indexOf('acTL', 0, 'latin1');
  if (at === -1) {
    throw new Error('This is not an animated PNG.');
  }
  // The chunk: its name, the number of frames, the number of plays, and the check sum of these three.
  const limited = Buffer.from(png);
  limited.writeUInt32BE(plays, at + 8);
  limited.writeUInt32BE(crc32(limited.subarray(at, at + 12)), at + 12);
  return limited;
}
