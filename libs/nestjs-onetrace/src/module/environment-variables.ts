/** An environment variable; OpenTelemetry asks that an empty one counts as unset. */
export function readVariable(name: string): string | undefined {
  const text = process.env[name]?.trim();
  return text === '' ? undefined : text;
}

/** The attributes in `OTEL_RESOURCE_ATTRIBUTES`; members that cannot be read are left out. */
export function resourceVariables(): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const member of (readVariable('OTEL_RESOURCE_ATTRIBUTES') ?? '').split(',')) {
    const equals = member.indexOf('=');
    const value = equals < 1 ? '' : decode(member.slice(equals + 1).trim());
    if (value !== '') attributes.set(member.slice(0, equals).trim(), value);
  }
  return attributes;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/^"(.*)"$/, '$1'));
  } catch {
    return '';
  }
}
