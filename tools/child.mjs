// @ts-check
// Starts other programs for the tools: one that takes over the terminal (and gets our signals), and one that is
// listened to. Plain Node, because it runs before anything is installed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
export const bun = fileURLToPath(new URL("../node_modules/.bin/bun", import.meta.url));

/**
 * Runs a program on our own terminal until it ends, handing on SIGINT, SIGTERM and SIGHUP.
 * Resolves with its exit code; a program ended by a signal counts as 128 plus the signal's number, as in a shell.
 * Rejects when the program cannot be started.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function attach(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit" });
    /** @type {NodeJS.Signals[]} */
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    const handOn = signals.map((signal) => ({
      signal,
      // Ctrl-C in a terminal reaches the child by itself; a second one would look like impatience.
      listener: () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)),
    }));
    for (const { signal, listener } of handOn) process.on(signal, listener);
    const release = () => {
      for (const { signal, listener } of handOn) process.off(signal, listener);
    };
    child.once("error", (error) => {
      release();
      reject(error);
    });
    child.once("close", (code, signal) => {
      release();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs a program and keeps what it says, standard output and standard error together in the order of arrival.
 * A program that cannot be started resolves with code 127 and the reason as output.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
export function listen(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.once("close", (code, signal) =>
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), output }),
    );
  });
}
