// The filter of system calls that a command runs under, as the program that the kernel takes (seccomp(2), classic BPF).
// A list of what is refused: what no program in a workspace needs, and what kernels were broken through with.
import type { Architecture } from "./syscalls.ts";

interface Instruction {
  readonly code: number;
  /** How many instructions to skip when the comparison holds, and when not. */
  readonly yes: number;
  readonly no: number;
  readonly value: number;
}

const load = (offset: number): Instruction => ({ code: 0x20, yes: 0, no: 0, value: offset });
const answer = (value: number): Instruction => ({ code: 0x06, yes: 0, no: 0, value });
const isEqual = (value: number, yes: number, no: number): Instruction => ({ code: 0x15, yes, no, value });
const isAtLeast = (value: number, yes: number, no: number): Instruction => ({ code: 0x35, yes, no, value });
const hasAny = (value: number, yes: number, no: number): Instruction => ({ code: 0x45, yes, no, value });

/** Where the facts of a call stand (struct seccomp_data); arguments are 64 bits, of which the lower half comes first. */
const numberAt = 0;
const architectureAt = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

const allow = answer(0x7fff0000);
const kill = answer(0x80000000);
const refuseWith = (errno: number): Instruction => answer(0x00050000 | errno);
const notPermitted = refuseWith(1);
/** Programs take this for an old kernel and use the older call. */
const notThere = refuseWith(38);
const noSuchFamily = refuseWith(97);

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const newNamespaces = 0x7e020000;
/** CLONE_NEWTIME, which in clone is part of a signal's number and means nothing. */
const newTime = 0x80;
/** AF_UNIX, AF_INET, AF_INET6. */
const families = [1, 2, 10];
/** TIOCSTI types into a terminal, TIOCLINUX pastes into one. */
const terminalTricks = [0x5412, 0x541c];
/** The usual one, and the question which one it is. */
const personalities = [0, 0xffffffff];

/** Bytes of the program, in the order of the processor, which is the same for both that are known. */
export function filterProgram(architecture: Architecture): Uint8Array {
  const program: readonly Instruction[] = [
    ...[load(architectureAt), isEqual(architecture.audit, 1, 0), kill, load(numberAt)],
    ...(architecture.numbersEnd === undefined ? [] : [isAtLeast(architecture.numbersEnd, 0, 1), kill]),
    ...[...architecture.rings, architecture.clone3].flatMap((call) => onCall(call, [notThere])),
    ...onCall(architecture.clone, [load(argumentAt(0)), hasAny(newNamespaces, 0, 1), notPermitted, allow]),
    ...onCall(architecture.unshare, [load(argumentAt(0)), hasAny(newNamespaces | newTime, 0, 1), notPermitted, allow]),
    ...architecture.sockets.flatMap((call) => onCall(call, onlyWith(0, families, noSuchFamily))),
    ...onCall(architecture.ioctl, neverWith(1, terminalTricks)),
    ...onCall(architecture.personality, onlyWith(0, personalities, notPermitted)),
    ...architecture.refused.flatMap((call) => onCall(call, [notPermitted])),
    allow,
  ];
  return encode(program);
}

/** The block ends with an answer, so that what comes after it still has the number of the call at hand. */
function onCall(call: number, block: readonly Instruction[]): readonly Instruction[] {
  return [isEqual(call, 0, block.length), ...block];
}

function onlyWith(argument: number, values: readonly number[], refusal: Instruction): readonly Instruction[] {
  const tests = values.map((value, index) => isEqual(value, values.length - index, 0));
  return [load(argumentAt(argument)), ...tests, refusal, allow];
}

function neverWith(argument: number, values: readonly number[]): readonly Instruction[] {
  const tests = values.map((value, index) => isEqual(value, values.length - index, 0));
  return [load(argumentAt(argument)), ...tests, allow, notPermitted];
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [index, { code, yes, no, value }] of program.entries()) {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, yes);
    bytes.setUint8(index * 8 + 3, no);
    bytes.setUint32(index * 8 + 4, value >>> 0, true);
  }
  return new Uint8Array(bytes.buffer);
}
