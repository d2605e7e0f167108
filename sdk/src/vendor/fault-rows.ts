// The rows that hold for every vendor: which fault an answer is, by its status, the vendor's word and its sentence.
// An adapter puts the rows of its own vendor before them. The first row that fits counts.
import type { ProviderFaultCode } from "./provider-faults.ts";
import type { VendorFacts } from "./refusal.ts";

export interface FaultRow {
  readonly when: (facts: VendorFacts) => boolean;
  readonly code: ProviderFaultCode;
  readonly hint?: string;
}

export function withStatus(...wanted: readonly number[]): FaultRow["when"] {
  return (facts) => wanted.includes(facts.status ?? 0);
}

export function withWord(...wanted: readonly string[]): FaultRow["when"] {
  return (facts) => wanted.includes(facts.word);
}

/** The request was refused for what it is; a stream says so without a status. */
const isRequest = ({ status }: VendorFacts): boolean => status === undefined || status === 400 || status === 422;

const noCredit =
  /credit balance|insufficient (?:credit|balance|funds|quota)|(?:out of|more|any|no) credits|spend(?:ing)? limit|payment required/i;
const periodic = /per (?:minute|hour|day)|\b[TR]P[MD]\b|try again|rate.?limit/i;
const tooLong =
  /context[ _](?:length|window|size)|maximum (?:context|prompt) length|prompt (?:is )?too long|too many (?:input |total )?tokens|input (?:is )?too long|reduce the length|exceed_context_size|`max_tokens` exceed|exceeds? the (?:maximum|max) number of (?:input )?tokens|token count .*exceeds|request payload size exceeds|too large for model/i;
const forbidden =
  /content (?:management )?polic|content[ _]filter|usage (?:guidelines|polic)|flagged (?:by|for|as)|requires moderation|moderation (?:error|block)|safety system|content exists risk/i;
const setting =
  /reasoning[_. ]?(?:effort|summary|format)|reasoning is mandatory|thinking[_. ]?(?:budget|level|config|mode|\.type)|budget_tokens|output_config|"?think"? value|(?:support|enable|disable|use|take)s? (?:extended |adaptive )?(?:thinking|reasoning)\b/i;
/** A block of the history is another matter than the setting. */
const inHistory = /messages\.\d|signature|passed back|thinking[`'"]? (?:or|block)|blocks?\b.*thinking/i;
const noTools =
  /(?:not|n't|cannot) (?:currently )?support (?:\w+ )?(?:tools?|functions?)\b|support tool use|tool[ _](?:use|calling|calls|choice)[^.]{0,40}(?:not (?:supported|enabled|available)|requires --)|requires? --jinja|(?:tools?|functions?(?: calling)?)[`'"]? (?:is|are) not (?:supported|enabled|available)/i;
const noModel =
  /model[^.]{0,80}(?:does not exist|doesn't exist|not exist|not found|is not supported|is not a valid|is invalid)|(?:unknown|invalid|no such|unsupported) model|not a valid model/i;
const badKey =
  /(?:incorrect|invalid|missing|expired|bad) (?:x-)?api[- _]?key|api[ _]key (?:not valid|expired|not found)|API_KEY_INVALID/i;
const busy = /overload|at capacity|over capacity|no capacity|(?:engine|server|service) (?:is )?(?:too )?busy/i;
const late = /time[- ]?out|timed[- ]out|deadline exceeded/i;

export const faultRows: readonly FaultRow[] = [
  {
    when: ({ status, word, text }) =>
      /insufficient_(?:quota|balance|funds|credit)|billing|payment_required|credits?_exhausted/i.test(word) ||
      (status === 402 && !periodic.test(text)) ||
      ([400, 402, 403, 429].includes(status ?? 0) && noCredit.test(text)),
    code: "provider.quota",
  },
  // Groq says "too large" of a request that is larger than what a minute allows.
  {
    when: ({ status, text }) => status === 413 && /per (?:minute|day)|\b[TR]P[MD]\b/i.test(text),
    code: "provider.limited",
  },
  {
    when: ({ status, word, text }) =>
      status === 413 ||
      /context_length|request_too_large|exceed_context/i.test(word) ||
      // Some servers say it with 400, some with 500, some in mid-stream without a status.
      ((status === undefined || (status >= 400 && ![401, 403, 429].includes(status))) && tooLong.test(text)),
    code: "provider.overflow",
  },
  {
    when: (facts) =>
      /content_(?:policy|filter)|moderation|policy_violation|prompt_blocked|responsibleai/i.test(facts.word) ||
      ((isRequest(facts) || facts.status === 403) && forbidden.test(facts.text)),
    code: "provider.refused",
  },
  // A reseller says it with 404, llama.cpp with 500.
  {
    when: (facts) => (isRequest(facts) || withStatus(404, 500)(facts)) && noTools.test(facts.text),
    code: "provider.no-tools",
  },
  {
    when: (facts) => isRequest(facts) && setting.test(facts.text) && !inHistory.test(facts.text),
    code: "provider.thinking",
  },
  // The model's own slip, told as if the request were at fault: another try may well succeed.
  { when: withWord("tool_use_failed", "json_validate_failed"), code: "provider.malformed" },
  // Some refuse a model that the key may not use with 403.
  { when: withWord("model_not_found"), code: "provider.not-found" },
  {
    when: (facts) =>
      withStatus(401, 403)(facts) ||
      /invalid_api_key|authentication|permission_(?:error|denied)|unauthenticated|unauthorized/i.test(facts.word) ||
      (isRequest(facts) && badKey.test(facts.text)),
    code: "provider.auth",
  },
  // 529 is Anthropic's number for it, 498 Groq's.
  {
    when: ({ status, word, text }) =>
      status === 498 ||
      status === 529 ||
      /overloaded/i.test(word) ||
      ((status === undefined || status === 429 || status >= 500) && busy.test(text)),
    code: "provider.overloaded",
  },
  {
    when: (facts) =>
      withStatus(402, 429)(facts) || /rate_?limit|resource_exhausted|too_many_requests|throttl/i.test(facts.word),
    code: "provider.limited",
  },
  {
    when: (facts) =>
      withStatus(404)(facts) || /not_found/i.test(facts.word) || (isRequest(facts) && noModel.test(facts.text)),
    code: "provider.not-found",
  },
  {
    when: (facts) =>
      withStatus(408, 504, 522, 524)(facts) ||
      /timeout|deadline/i.test(facts.word) ||
      ((facts.status ?? 0) >= 500 && late.test(facts.text)),
    code: "provider.timeout",
  },
  {
    when: (facts) =>
      withStatus(409, 425, 499)(facts) ||
      (facts.status ?? 0) >= 500 ||
      /server_error|api_error|internal|unavailable/i.test(facts.word),
    code: "provider.unavailable",
  },
  { when: (facts) => facts.status !== undefined || facts.word !== "", code: "provider.invalid" },
];
