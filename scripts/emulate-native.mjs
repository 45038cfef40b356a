// Runs native/test/driver.cc on an emulated processor that has what the one at hand may lack: AVX-512 and AMX. The
// emulator is Bochs, as an Intel Sapphire Rapids, with Debian's kernel. For developers; not part of the gate.
//
//   node scripts/emulate-native.mjs [--cpus=N] [arguments of the driver]
//   node scripts/emulate-native.mjs --program=FILE [--cpus=N] [its arguments]    a statically linked program instead
//
// The first time, it downloads about 65 MB with apt and builds Bochs (two minutes on two cores); later the machine
// starts in half a minute and runs code some hundred times slower than a real one. Needs Debian's apt with a key of
// Debian 13 (package debian-archive-keyring), g++, make, patch and xz-utils; no rights of root. Everything is kept in
// native/build/emulator.
//
// From Debian 13 (trixie), for 12 (bookworm) has an older Bochs: the source of bochs 3.0+dfsg-1, to which
// emulator/bochs-3.0.patch adds what Linux needs for AMX, and bochsbios, vgabios, isolinux, syslinux-common, xorriso,
// cpio and linux-image-cloud-amd64.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { buildDriver } from './build-driver.mjs';
import { findCompiler, native, setsToBuild, Unavailable } from './build-native.mjs';

const BOCHS = {
  version: '3.0+dfsg-1',
  archive: 'bochs_3.0+dfsg.orig.tar.xz',
  sha256: '78f6c73d4a6472d5130a87ab9dc306d02c7c71ed8e25b3a8ef642e2a7acd282b',
  folder: 'bochs-3.0',
  options:
    '--with-nogui --without-x --disable-docbook --disable-plugins --enable-cpu-level=6 --enable-x86-64 --enable-smp ' +
    '--enable-avx --enable-evex --enable-amx --enable-cet --enable-uintr --enable-protection-keys --enable-memtype ' +
    '--enable-vmx=2 --enable-all-optimizations --enable-show-ips=no',
};
const TOOLS = ['bochsbios', 'vgabios', 'isolinux', 'syslinux-common', 'xorriso', 'cpio'];
const KERNEL = 'linux-image-cloud-amd64';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MINUTES = 60; // for a program that hangs

const home = join(native, 'build', 'emulator');
const tree = join(home, 'tree'); // Debian's packages, unpacked
const bochs = join(home, BOCHS.folder, 'bochs');
const patches = join(dirname(fileURLToPath(import.meta.url)), 'emulator');

/** Runs a command to its end and returns what it wrote; an error with the end of its output when it fails. */
function command(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (done.status === 0) return done.stdout;
  const output = done.error ? done.error.message : `${done.stdout}${done.stderr}`;
  throw new Unavailable(
    `${program} ${args.slice(0, 3).join(' ')} … failed:\n${output.trim().split('\n').slice(-8).join('\n')}`,
  );
}

/** A program of the unpacked packages, with their libraries, whatever those of this machine are. */
function fromTree(program, args, options) {
  const loader = join(tree, 'usr/lib64/ld-linux-x86-64.so.2');
  const libraries = join(tree, 'usr/lib/x86_64-linux-gnu');
  return command(loader, ['--library-path', libraries, join(tree, 'usr/bin', program), ...args], options);
}

/** Options that let apt look at Debian 13 in folders of our own, as if nothing was installed. */
function aptOptions() {
  const apt = join(home, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, folder), { recursive: true });
  const targets = command('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']);
  const mirror = process.env.DEBIAN_MIRROR ?? targets.split('\n').find((uri) => uri.endsWith('/debian/'));
  if (!mirror)
    throw new Unavailable(
      "apt here knows no mirror of Debian: set DEBIAN_MIRROR to the URL of one, which ends in '/debian/'",
    );
  if (!existsSync(KEYRING)) throw new Unavailable(`${KEYRING} is missing (package debian-archive-keyring)`);
  const from = `[signed-by=${KEYRING}] ${mirror} trixie main\n`;
  writeFileSync(join(apt, 'sources.list'), `deb ${from}deb-src ${from}`);
  writeFileSync(join(apt, 'status'), '');
  const settings = {
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': join(apt, 'cache'),
    'Acquire::Languages': 'none',
    'APT::Install-Recommends': '0',
    'APT::Sandbox::User': '', // apt's own user may not write here
    'Debug::NoLocking': '1',
  };
  return {
    archives: join(apt, 'cache', 'archives'),
    options: Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  };
}

/** Unpacks Debian's tools and kernel into `tree`, and returns the path of the archive of Bochs's source. */
function download() {
  console.log("emulate: downloading with Debian's apt …");
  const { archives, options } = aptOptions();
  const apt = (program, ...args) => command(program, [...options, ...args], { cwd: archives });
  apt('apt-get', 'update');
  apt('apt-get', '--yes', '--download-only', 'install', ...TOOLS);
  const kernel = /Depends: (linux-image-\S+)/.exec(apt('apt-cache', 'depends', KERNEL))?.[1];
  if (!kernel) throw new Unavailable(`${KERNEL} names no kernel`);
  apt('apt-get', 'download', kernel);
  const archive = join(archives, BOCHS.archive);
  // Mirrors have been seen that lack the description of the source, but not the source: its sum is checked anyway.
  try {
    apt('apt-get', 'source', '--download-only', `bochs=${BOCHS.version}`);
  } catch (error) {
    if (!existsSync(archive)) throw error;
  }
  const sum = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (sum !== BOCHS.sha256) throw new Unavailable(`${archive}: expected SHA-256 ${BOCHS.sha256}, got ${sum}`);
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb')))
    command('dpkg-deb', ['-x', join(archives, file), tree]);
  return archive;
}

/** Downloads and builds what is not there yet. */
function prepare(compiler) {
  if (existsSync(bochs)) return;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  const archive = download();
  console.log('emulate: building Bochs …');
  const source = join(home, BOCHS.folder);
  command('tar', ['-xf', archive, '-C', home]);
  command('patch', ['-p1', '-i', join(patches, 'bochs-3.0.patch')], { cwd: source });
  const flags = ['CFLAGS=-O2', 'CXXFLAGS=-O2', `CXX=${compiler.join(' ')}`];
  command('./configure', [...flags, ...BOCHS.options.split(' ')], { cwd: source });
  command('make', [`-j${availableParallelism()}`], { cwd: source });
}

/** For every instruction set, and statically, for the emulated machine has no libraries. */
function buildForEmulation(compiler, folder) {
  console.log('emulate: building the driver …');
  return buildDriver(compiler, folder, setsToBuild(compiler, true), { link: ['-static'] });
}

/** A disc that boots Linux, which runs the program and nothing else. */
function makeDisc(folder, program, args) {
  const root = join(folder, 'root');
  const disc = join(folder, 'disc');
  for (const path of [root, disc]) mkdirSync(path);
  command('gcc', ['-O1', '-static', join(patches, 'init.c'), '-o', join(root, 'init')]);
  copyFileSync(program, join(root, 'program'));
  writeFileSync(join(root, 'arguments'), args.map((argument) => `${argument}\n`).join(''));
  command('chmod', ['755', join(root, 'program')]);
  fromTree('cpio', ['--create', '--format=newc', '--quiet', '-F', join(disc, 'initrd')], {
    cwd: root,
    input: 'init\nprogram\narguments\n',
  });
  const kernel = readdirSync(join(tree, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  copyFileSync(join(tree, 'boot', kernel), join(disc, 'vmlinuz'));
  copyFileSync(join(tree, 'usr/lib/ISOLINUX/isolinux.bin'), join(disc, 'isolinux.bin'));
  copyFileSync(join(tree, 'usr/lib/syslinux/modules/bios/ldlinux.c32'), join(disc, 'ldlinux.c32'));
  // no5lvl: Bochs cannot come back from system management mode, which Linux enters once, with page tables of 5 levels.
  const options = 'console=ttyS0,115200 loglevel=2 no5lvl mitigations=off tsc=reliable no_timer_check';
  writeFileSync(
    join(disc, 'isolinux.cfg'),
    `DEFAULT run\nPROMPT 0\nLABEL run\nKERNEL vmlinuz\nAPPEND initrd=initrd ${options}\n`,
  );
  const image = join(folder, 'disc.iso');
  const boot = '-b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table'.split(' ');
  fromTree('xorriso', ['-as', 'mkisofs', '-quiet', '-o', image, ...boot, disc]);
  return image;
}

/** Runs the machine and passes on what it says; resolves to all of it. */
function emulate(folder, image, cpus) {
  const serial = join(folder, 'serial.txt');
  const settings = join(folder, 'bochsrc');
  // Few instructions a second make for short waits: the emulated clock goes by them.
  const lines = [
    'display_library: nogui',
    `cpu: model=sapphire_rapids, count=${cpus}, ips=20000000, reset_on_triple_fault=0`,
    'memory: guest=512, host=512',
    `romimage: file=${join(tree, 'usr/share/bochs/BIOS-bochs-latest')}`,
    `vgaromimage: file=${join(tree, 'usr/share/vgabios/vgabios.bin')}`,
    `ata0-master: type=cdrom, path=${image}, status=inserted`,
    'boot: cdrom',
    `com1: enabled=1, mode=file, dev=${serial}`,
    `log: ${join(folder, 'bochs.log')}`,
    'clock: sync=none',
    'panic: action=fatal', // the way to end at power-off
    'error: action=report',
    'info: action=ignore',
  ];
  writeFileSync(settings, `${lines.join('\n')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn('nice', ['-n', '19', bochs, '-q', '-f', settings], { stdio: 'ignore' });
    let said = '';
    const passOn = () => {
      const all = existsSync(serial) ? readFileSync(serial, 'utf8').replaceAll('\r', '') : '';
      process.stdout.write(all.slice(said.length));
      said = all;
      if (said.includes('Kernel panic')) child.kill();
    };
    const listener = setInterval(passOn, 500);
    const limit = setTimeout(() => child.kill(), MINUTES * 60_000);
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(listener);
      clearTimeout(limit);
      passOn();
      resolve(said);
    });
  });
}

async function main(args) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Unavailable('emulation is set up for Linux on x86-64 only');
  const option = (name) => {
    const at = args.findIndex((argument) => argument.startsWith(`--${name}=`));
    return at < 0 ? undefined : args.splice(at, 1)[0].slice(name.length + 3);
  };
  const cpus = option('cpus') ?? '1';
  const given = option('program');
  if (given !== undefined && !(existsSync(given) && statSync(given).isFile()))
    throw new Unavailable(`--program: there is no file '${given}'`);
  const { compiler } = findCompiler();
  prepare(compiler);
  const folder = mkdtempSync(join(home, 'run-'));
  try {
    const program = given ?? (await buildForEmulation(compiler, folder));
    console.log('emulate: starting the machine …');
    const said = await emulate(folder, makeDisc(folder, program, args), cpus);
    const code = /^ended with exit code (\d+)$/m.exec(said)?.[1];
    if (code === undefined) throw new Unavailable('the program was stopped before its end');
    process.exitCode = Number(code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`emulate: ${error.message}`);
  process.exitCode = 1;
}
