// Handed on for the command line, which takes the sdk's types only.
export { keepEnds } from "@homarus/sdk";
