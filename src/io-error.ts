import { LetterpressError } from './errors.js';

/** The code of an error of Node.js, such as `ENOENT`; '' for any other. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The file system's refusal as a {@link LetterpressError} `IO` that says what to do; ours pass through. */
export function ioError(action: string, path: string, cause: unknown): LetterpressError {
  if (cause instanceof LetterpressError) return cause;
  const code = codeOf(cause);
  const [why, fix] = IO_REASONS[code] ?? [code || 'unknown error', 'Check the path and the disk.'];
  return new LetterpressError('IO', `cannot ${action} ${path}: ${why}`, fix, { cause });
}

const NOT_WRITABLE = 'Choose another folder, or change the permissions of this one.';
const IO_REASONS: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  EACCES: ['permission denied', NOT_WRITABLE],
  EPERM: ['operation not permitted', NOT_WRITABLE],
  EROFS: ['the file system is read-only', NOT_WRITABLE],
  ENOSPC: ['the disk is full', 'Free some space, or choose another folder, on another disk.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or choose another folder, on another disk.'],
  EFBIG: ['the file is larger than the system allows', 'Raise the limit (ulimit -f), or choose another disk.'],
  ENOENT: ['the file or its folder does not exist', 'Check the path, or make the folder first.'],
  EEXIST: ['something else of that name is there', 'Choose another name, or remove what is there.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Choose another folder.'],
  EISDIR: ['it is a folder, and a file was expected', 'Give the path of a file.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter path.'],
  ELOOP: ['a link leads back to itself', 'Check where the links on the path lead.'],
  EINVAL: ['the system does not allow that here', 'Choose another name or folder.'],
  ERR_INVALID_ARG_VALUE: ['it has a NUL character', 'Check the path.'],
  EBUSY: ['it is in use by another program, or by the system', 'Close that program, or choose another path.'],
  EIO: ['the disk reports an error', 'Check the disk, and copy what is on it.'],
  ENFILE: ['too many open files', 'Close other programs.'],
  EMFILE: ['too many open files', 'Close other programs, or raise the limit (ulimit -n).'],
};
