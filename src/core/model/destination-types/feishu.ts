import { findReason, judgeByCode } from './answer.ts';
import { type DestinationType, TEST_TEXT } from './destination-type.ts';
import { appendSegment, isAt, isBeginningOf } from './url-rules.ts';

/** Custom bots. */
export const feishu: DestinationType = {
  type: 'feishu',
  label: 'Feishu',
  receiverName: 'label',
  documentation: 'https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot',
  example: 'https://open.feishu.cn/open-apis/bot/v2/hook/<token>',
  matches: isAt('open.feishu.cn', /^\/open-apis\/bot\/v2\/hook(\/|$)/),
  secure: true,
  publicOnly: false,
  secret: 'url',
  isComplete: ({ pathname }) => /\/hook\/[^/]+\/?$/.test(pathname),
  joinSecret: appendSegment,
  mayReturn: isBeginningOf,
  test: { body: { msg_type: 'text', content: { text: TEST_TEXT } }, pagesPeople: false },
  judge: judgeByCode,
  reasonOf: findReason,
  terraform: ['url', 'secret'],
};
