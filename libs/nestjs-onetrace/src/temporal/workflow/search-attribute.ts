import type { SearchAttributePair, SearchAttributes, TypedSearchAttributes } from '@temporalio/common';

/** The part of start options (workflow, child, continue-as-new) that holds search attributes. */
export interface SearchableOptions {
  searchAttributes?: SearchAttributes;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
}

/** Whether the user set an attribute of that name. */
export function hasSearchAttribute(options: SearchableOptions, name: string): boolean {
  return options.searchAttributes?.[name] !== undefined || pairs(options).some((pair) => pair.key.name === name);
}

/** The options with a Keyword attribute added; those of the user stay, an own one of that name wins. */
export function withSearchAttribute<Options extends SearchableOptions>(
  options: Options,
  name: string,
  value: string,
): Options {
  if (hasSearchAttribute(options, name)) return options;
  return { ...options, typedSearchAttributes: [...pairs(options), { key: { name, type: 'KEYWORD' }, value }] };
}

/** The attributes of a running workflow with another value for one of them, as options of the run that follows it. */
export function replacedSearchAttribute(
  attributes: TypedSearchAttributes,
  name: string,
  value: string,
): Required<Pick<SearchableOptions, 'typedSearchAttributes'>> {
  const others = attributes.getAll().filter((pair) => pair.key.name !== name);
  return { typedSearchAttributes: [...others, { key: { name, type: 'KEYWORD' }, value }] };
}

/**
 * Name of the attribute in which a running workflow itself carries its trace ID; `undefined` when it has none. Only
 * what the workflow carries is known to be registered: a child that is started with an unregistered attribute makes
 * the workflow task fail for ever. An eager start delivers the column (`Keyword01`) instead of the name, which no
 * start accepts.
 */
export function carriedAttributeName(attributes: TypedSearchAttributes, traceId: string): string | undefined {
  return attributes
    .getAll()
    .find((pair) => pair.key.type === 'KEYWORD' && pair.value === traceId && !/^Keyword\d\d$/.test(pair.key.name))?.key
    .name;
}

function pairs({ typedSearchAttributes }: SearchableOptions): SearchAttributePair[] {
  if (typedSearchAttributes === undefined) return [];
  return Array.isArray(typedSearchAttributes) ? typedSearchAttributes : typedSearchAttributes.getAll();
}
