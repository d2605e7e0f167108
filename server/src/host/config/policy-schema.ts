// What an agent may do, and when the owner is asked first.
import { s } from "@homarus/sdk";

const names = (help: string) => s.optional(s.list(s.string(), { help }));

export const toolRules = s.object(
  {
    allow: names("Only these tools may be called; group:<group> names a whole group. Absent allows all."),
    deny: names("These tools may not be called. Wins over allow."),
  },
  { title: "Tools", help: "Which tools an agent may call." },
);

export const profile = s.choice(["minimal", "coding", "messaging", "full"], {
  title: "Profile",
  help: "Which groups of tools there are at all: minimal only tells of itself, full is everything.",
});

const mode = s.choice(["always", "destructive", "never"], {
  help: "always: before whatever changes something; destructive: before what cannot be undone; never: not by this setting.",
});

const modes = {
  mode: s.optional(mode),
  tools: s.optional(s.record(mode, { help: "Tool -> when it is asked for." })),
  origins: s.optional(s.record(mode, { help: "person, program, job, hook or agent -> when it is asked for." })),
};

export const approvals = s.object(modes, {
  title: "Approvals",
  help: "When the owner is asked before a tool is used.",
});

export const houseApprovals = s.object(
  {
    ...modes,
    unattended: s.withDefault(
      s.choice(["deny", "ask"], { help: "What a question becomes in runs that nobody waits for: jobs and webhooks." }),
      "deny",
    ),
    timeoutSeconds: s.withDefault(
      s.integer({ min: 10, max: 86_400, help: "How long a question stands; then it is a no." }),
      900,
    ),
    approver: s.optional(
      s.object(
        {
          channel: s.string({ help: "Id of a channel that is set up." }),
          place: s.string({ help: "The platform's id of the chat." }),
          account: s.optional(s.string()),
        },
        { title: "Approver", help: "Where questions are asked, in place of the chat they come from." },
      ),
    ),
  },
  { title: "Approvals", help: "When the owner is asked before a tool is used, and where." },
);

const patterns = (help: string) => s.optional(s.list(s.string({ minLength: 1 }), { help }));

/** Of one agent, beside those of the tool. */
export const execRules = s.object(
  {
    mode: s.optional(s.choice(["guard", "allowlist"], { help: "`allowlist`: only what the lists name runs unasked." })),
    allowlist: patterns("Programs and patterns that run unasked in the mode allowlist."),
    denyPatterns: patterns("Patterns over a command as it would run. They never run."),
  },
  { title: "Commands", help: "What this agent may run, beside tools.exec." },
);

const field = s.optional(s.string());

export const policy = s.object(
  {
    rules: s.withDefault(
      s.list(
        s.object({
          when: s.object(
            {
              agent: field,
              channel: field,
              place: field,
              peer: field,
              session: field,
              origin: field,
              audience: s.optional(s.choice(["owner", "guest", "room"])),
              sandbox: field,
            },
            { help: "Where the rule holds: all that is named must fit. A * at the end fits what begins so." },
          ),
          profile: s.optional(profile),
          allow: names("Only these tools here. Where strangers are, it also gives them."),
          deny: names("These tools not here."),
          ask: names("These tools only after a yes."),
        }),
        { help: "Rules for channels, groups, people, agents and sandboxes. A no of any of them wins." },
      ),
      [],
    ),
    hooks: s.withDefault(
      s.list(
        s.object({
          event: s.choice(["tool.before", "tool.after"], { help: "Before a call is made, or after it." }),
          command: s.list(s.string({ minLength: 1 }), {
            help: 'Program and arguments. It reads the call as JSON and writes {"action": "continue" | "modify" | "deny"}.',
          }),
          tools: names("Only for these tools."),
          timeoutSeconds: s.withDefault(s.integer({ min: 1, max: 600 }), 10),
        }),
        { help: "Programs of your own around tool calls. One that breaks refuses the call." },
      ),
      [],
    ),
  },
  { title: "Policy", help: "Which tools may be used where, and by whom." },
);
