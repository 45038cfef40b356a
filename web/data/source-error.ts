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

/**
 * A folder can be dropped as a file can, and a file be gone or changed since: a request with one fails as if nobody
 * answered.
 *
 * @throws SourceError for what cannot be read as a file
 */
export async function checkReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new SourceError(
      `${file.name} cannot be read as a file`,
      'Drop one that is there, and no folder; one that has changed since, again.',
      400,
    );
  }
}
