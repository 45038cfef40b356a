/** Whether Windows has no file of that name: devices with any extension, dots and spaces at the end, `:` and others. */
export function isForbiddenOnWindows(name: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|[<>:"|?*]|[. ]$/i.test(name);
}
