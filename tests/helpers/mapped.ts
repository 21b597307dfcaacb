/** `list.map(change)` whose type has as many members as the list, to be taken apart by position. */
export function mapped<const List extends readonly unknown[], Changed>(
  list: List,
  change: (member: List[number]) => Changed,
): { [K in keyof List]: Changed } {
  return list.map(change) as { [K in keyof List]: Changed };
}
