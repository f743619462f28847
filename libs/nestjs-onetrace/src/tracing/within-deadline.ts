/**
 * Waits for work, but no longer than the deadline. Never rejects. The timer keeps the process alive meanwhile: what is
 * waited for may hold nothing that does.
 */
export async function withinDeadline(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  try {
    await Promise.race([work, deadline]);
  } catch {
    // Whoever failed has counted it; here only the end matters.
  } finally {
    clearTimeout(timer);
  }
}
