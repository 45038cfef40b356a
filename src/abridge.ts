/** A text as a message shows it: of more than 60 characters, the first 60 and `…`. */
export function abridge(text: string): string {
  const [beginning] = /^.{60}(?=.)/su.exec(text) ?? [];
  return beginning === undefined ? text : `${beginning}…`;
}
