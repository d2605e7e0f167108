// How a stream can end that brought no answer: broken off, or empty.
import { Fault } from "@homarus/sdk";

export function brokenOff(): Fault {
  return new Fault("unavailable", "provider.cut", "The model server broke off in the middle of its answer.");
}

export function emptyAnswer(): Fault {
  return new Fault("unavailable", "provider.empty", "The model gave an empty answer.");
}
