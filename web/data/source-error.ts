/** A refusal of the server, or none of its answers. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  constructor(
    message: string,
    readonly fix: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** @param status of the answer, where there was one */
export function notAnswered(status = 0): SourceError {
  return new SourceError('the studio does not answer', 'Start it again: letterpress studio', status);
}
