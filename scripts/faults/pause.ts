/** Time in which a fault lasts, or in which something is looked at again. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
