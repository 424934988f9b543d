/** Reads a body as text up to a number of characters, and does not wait for the rest. */
export async function readBounded(
  response: Response,
  most: number,
): Promise<{ readonly text: string; readonly isCut: boolean }> {
  const reader = response.body?.getReader();
  if (!reader) {
    return { text: '', isCut: false };
  }
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return { text: text + decoder.decode(), isCut: false };
    }
    text += decoder.decode(value, { stream: true });
    if (text.length > most) {
      await reader.cancel();
      return { text: text.slice(0, most), isCut: true };
    }
  }
}
