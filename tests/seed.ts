// Loaded before the tests: what fast-check dices follows the seed that the others take, so that a run can be repeated.
import fc from "fast-check";

const seed = Number(process.env.HOMARUS_TEST_SEED);
if (Number.isSafeInteger(seed)) fc.configureGlobal({ seed });
