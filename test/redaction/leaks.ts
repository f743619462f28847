/** Where a secret stands in what was written, with what is around it. */
export function leaksOf(output: string, secret: string): string[] {
  const leaks: string[] = [];
  for (let at = output.indexOf(secret); at !== -1 && leaks.length < 5; at = output.indexOf(secret, at + 1)) {
    leaks.push(output.slice(Math.max(0, at - 120), at + secret.length + 20));
  }
  return leaks;
}

/** A secret as it is, and as it stands in base64 of a longer text, wherever it begins there. */
export function formsOf(secret: string): string[] {
  const encoded = [0, 1, 2].map((before) => {
    const text = Buffer.from('\0'.repeat(before) + secret).toString('base64');
    // The first and the last characters also depend on what stands around the secret.
    return text.replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, -1);
  });
  return [secret, ...encoded];
}
