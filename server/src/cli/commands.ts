// The commands, as data: name, words, options; code loads when one runs.
import type { CommandWords } from "./command.ts";

export const commands: readonly CommandWords[] = [
  {
    name: "gateway",
    operands: "",
    summary: "start the gateway and stay",
    about:
      "Starts the house: the gateway's port, the channels, the chat page. Stop it with Ctrl-C: work that is under way is finished or goes on after the next start.",
    options: {
      host: { type: "string", help: "listen on this address instead of 127.0.0.1" },
      ui: { type: "boolean", help: "open the chat page in a browser" },
      "log-json": { type: "boolean", help: "log as JSON lines" },
    },
    load: () => import("./commands/gateway.ts"),
  },
  {
    name: "agent",
    operands: "[message]",
    summary: "talk to the agent: one message, or a conversation",
    about:
      'With a message it answers and ends: homarus agent "what time is it". Without one it stays and reads line by line. Without a running gateway it starts one inside itself.',
    options: {
      session: { type: "string", short: "s", help: "the session to speak in (default main)" },
      model: { type: "string", short: "m", help: "provider/model for this message" },
      thinking: { type: "string", help: "off, low, medium or high" },
      timeout: { type: "string", help: "seconds to wait for the answer (default 600)" },
    },
    load: () => import("./commands/agent.ts"),
  },
  {
    name: "acp",
    operands: "",
    summary: "let an editor (Zed, JetBrains) talk to an agent",
    about:
      'Speaks the Agent Client Protocol on standard input and output; an editor starts it. In Zed\'s settings: "agent_servers": {"Homarus": {"type": "custom", "command": "homarus", "args": ["acp"]}}. Sessions of the editor are sessions of the house, and go on after a restart. Without a running gateway it carries one inside itself.',
    options: {
      agent: { type: "string", help: "the agent to talk to (default: the default agent)" },
      session: { type: "string", short: "s", help: "go on in this session in place of a new one" },
    },
    load: () => import("./commands/acp.ts"),
  },
  {
    name: "mcp",
    operands: "serve | list | test [server]",
    summary: "let Claude Desktop, Cursor and others use this house; and tools of other servers",
    about: [
      "serve speaks the Model Context Protocol on standard input and output; the client starts it. Put this into its settings",
      "(Claude Desktop: claude_desktop_config.json, Cursor: ~/.cursor/mcp.json):",
      "",
      '  {"mcpServers": {"homarus": {"command": "homarus", "args": ["mcp", "serve"]}}}',
      "",
      "Clients that speak HTTP connect to the gateway itself: http://127.0.0.1:18789/mcp, with the gateway's token as a",
      "Bearer token. Without a running gateway the command carries one inside itself.",
      "",
      "list shows the servers under mcp.servers in the config, whose tools the agents use, and how each fares; test reaches",
      "them now, and shows their tools or what is wrong. Exit code 1 where one is in trouble.",
    ].join("\n"),
    options: {
      agent: { type: "string", help: "the agent whose tools and skills are offered (default: the default agent)" },
      "read-only": { type: "boolean", help: "offer only what reads" },
    },
    subcommands: ["serve", "list", "test"],
    load: () => import("./commands/mcp.ts"),
  },
  {
    name: "onboard",
    operands: "",
    summary: "set the house up by question and answer",
    about:
      "Asks which model vendor answers and for its key, or says where to log in, tries it before it counts, and says what comes next. Without a terminal: homarus onboard --provider anthropic, with the key piped in as a line.",
    options: {
      provider: { type: "string", help: "the provider, without being asked" },
      url: { type: "string", help: "address of the server, for providers that run on your own machines" },
      force: { type: "boolean", help: "save the key although the vendor refused it" },
    },
    load: () => import("./commands/onboard.ts"),
  },
  {
    name: "status",
    operands: "",
    summary: "how the house is",
    about: "Shows the gateway, its model, channels and sessions. Exit code 3 when no gateway runs.",
    options: {},
    load: () => import("./commands/status.ts"),
  },
  {
    name: "doctor",
    operands: "",
    summary: "find what is wrong and say how to mend it",
    about:
      "Checks the state folder, the config, the model, the sandbox, the channels and the port, each with the next step.",
    options: {},
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "logs",
    operands: "",
    summary: "the gateway's log",
    about:
      "Shows the last lines of the running gateway's log, and with --follow those that come. The file itself is logs/homarus.log in the state folder.",
    options: {
      follow: { type: "boolean", short: "f", help: "stay, and show what comes" },
      limit: { type: "string", help: "at most so many lines to begin with (default 200)" },
    },
    load: () => import("./commands/logs.ts"),
  },
  {
    name: "config",
    operands: "get <path> | set <path> <value> | unset <path> | show | schema | path",
    summary: "read and change the settings",
    about:
      'Values are JSON, or plain text where that is no JSON: homarus config set channels.telegram.token "\\${TELEGRAM_TOKEN}". Changes are checked before they are written and take effect at once.',
    options: {},
    subcommands: ["get", "set", "unset", "show", "schema", "path"],
    load: () => import("./commands/config.ts"),
  },
  {
    name: "sessions",
    operands: "list | show <key> | reset <key> | delete <key> | export <key> | import <file>",
    summary: "conversations: list, read, reset, delete, export, import",
    about:
      "export writes JSON lines to standard output; import reads such a file (also the transcripts of OpenClaw) into a session.",
    options: {
      limit: { type: "string", help: "at most so many" },
      as: { type: "string", help: "import under this session key" },
    },
    subcommands: ["list", "show", "reset", "delete", "export", "import"],
    usual: "list",
    load: () => import("./commands/sessions.ts"),
  },
  {
    name: "cron",
    operands:
      "list | status | add <name> | edit <id> | enable <id> | disable <id> | run <id> | runs <id> | remove <id>",
    summary: "jobs: messages that the clock sends",
    about:
      'homarus cron add "Morning" --cron "0 7 * * *" --tz Europe/Berlin --message "What is on today?" --channel telegram --to 123. Or --every 30m, or --at 2030-01-31T07:00, or --at +20m. --note leaves words in the main conversation instead of starting a turn of its own.',
    options: {
      at: { type: "string", help: "once: a time, or +20m from now" },
      every: { type: "string", help: "again and again: 90s, 30m, 2h, 1d" },
      cron: { type: "string", help: "a cron expression of five or six fields" },
      tz: { type: "string", help: "time zone of the expression, for example Europe/Berlin" },
      message: { type: "string", help: "what the agent is asked" },
      note: { type: "string", help: "what the main conversation is told" },
      name: { type: "string", help: "another name (edit)" },
      session: { type: "string", help: "main, isolated or session:<key>" },
      agent: { type: "string", help: "who answers" },
      model: { type: "string", short: "m", help: "provider/model" },
      thinking: { type: "string", help: "off, low, medium or high" },
      channel: { type: "string", help: "where the answer goes" },
      to: { type: "string", help: "the place on that channel" },
      silent: { type: "boolean", help: "the answer goes nowhere" },
      "delete-after-run": { type: "boolean", help: "once it went well, remove it" },
      limit: { type: "string", help: "at most so many (runs)" },
    },
    subcommands: ["list", "status", "add", "edit", "enable", "disable", "run", "runs", "remove"],
    usual: "list",
    load: () => import("./commands/cron.ts"),
  },
  {
    name: "stop",
    operands: "",
    summary: "the emergency stop: everything the agent does ends, and nothing begins",
    about:
      "homarus stop --all stops every run; messages, jobs and webhooks are refused until homarus resume with the owner's code, also after a restart. --code makes a new code and shows it: keep it where you can find it from your phone, for /resume.",
    options: {
      all: { type: "boolean", help: "stop everything" },
      code: { type: "boolean", help: "make a new code for resume and show it" },
    },
    load: () => import("./commands/stop.ts"),
  },
  {
    name: "resume",
    operands: "[code]",
    summary: "let everything go on after the emergency stop",
    about: "Takes the owner's code: homarus stop --code shows a new one.",
    options: {},
    load: () => import("./commands/resume.ts"),
  },
  {
    name: "approvals",
    operands: "list | approve <code> | deny <code> | rules | forget <rule>",
    summary: "what waits for your yes, and what you said yes to for good",
    about:
      "A call that needs your yes waits until you answer, here, on the chat page or in your chat. approve --for session holds for that conversation, --for always for good; --input '{...}' uses other arguments. rules lists what stands, forget takes one back.",
    options: {
      for: { type: "string", help: "once, session or always (default once)" },
      input: { type: "string", help: "arguments as JSON, in place of the agent's" },
      note: { type: "string", help: "words that the agent reads with your answer" },
      all: { type: "boolean", help: "also what was decided in the last day" },
    },
    subcommands: ["list", "approve", "deny", "rules", "forget"],
    usual: "list",
    load: () => import("./commands/approvals.ts"),
  },
  {
    name: "policy",
    operands: "explain <tool> [input]",
    summary: "what a tool call would meet, and which rule says so",
    about:
      "homarus policy explain exec 'rm -rf build' --audience guest. The input is JSON, or a command for tools that run commands. Nothing is run.",
    options: {
      agent: { type: "string", help: "the agent (default: the default agent)" },
      channel: { type: "string", help: "as if it came from this channel" },
      place: { type: "string", help: "as if it came from this chat" },
      peer: { type: "string", help: "as if this person said it" },
      session: { type: "string", short: "s", help: "as if in this session" },
      origin: { type: "string", help: "person, program, job, hook or agent" },
      audience: { type: "string", help: "owner, guest or room" },
      marked: { type: "boolean", help: "as if words of strangers were in the conversation" },
    },
    subcommands: ["explain"],
    load: () => import("./commands/policy.ts"),
  },
  {
    name: "audit",
    operands: "show | verify",
    summary: "what was done, asked, decided and changed, as a chain that shows every change of it",
    about:
      "verify reads the whole chain and says where it does not fit; with --session also whether each result of a tool in that session is the house's own. Exit code 1 where something does not fit.",
    options: {
      type: { type: "string", help: "only this kind: tool-call, tool-denied, approval-decided, egress, login, ..." },
      session: { type: "string", short: "s", help: "only of this session" },
      limit: { type: "string", help: "at most so many (default 50)" },
    },
    subcommands: ["show", "verify"],
    usual: "show",
    load: () => import("./commands/audit.ts"),
  },
  {
    name: "secrets",
    operands: "list | set <name> | remove <name> | import | rotate [name ...]",
    summary: "the vault: secrets that the config names, and new ones in the place of old",
    about: [
      'A setting that is secret names it: { "secret": "telegram/token" }. set asks for the value without showing it, or',
      "reads it from standard input; --generate makes one up and shows it once. import moves the secrets that stand in the",
      "config file into the vault. rotate makes anew what the house has made for itself: the gateway's token, the keys of",
      "sessions, devices, receipts and the vault, and what --generate made up; and says what has to be done then.",
    ].join("\n"),
    options: {
      generate: { type: "boolean", help: "make a value up and show it once (set)" },
      "dry-run": { type: "boolean", help: "only say what would be moved (import)" },
      all: { type: "boolean", help: "everything that was made (rotate)" },
    },
    subcommands: ["list", "set", "remove", "import", "rotate"],
    usual: "list",
    load: () => import("./commands/secrets.ts"),
  },
  {
    name: "checkpoints",
    operands: "list | show <id> | restore <id>",
    summary: "what was before the agent's changes, and the way back",
    about:
      "Before a run first changes anything, the workspace (skills in it) and the config are kept. restore puts them back, and what was there then is kept too: it can be taken back. Folders that programs make again (node_modules, .git, caches) and files over 20 MB are not kept. In a chat: /rollback.",
    options: { agent: { type: "string", help: "only of this agent" } },
    subcommands: ["list", "show", "restore"],
    usual: "list",
    load: () => import("./commands/checkpoints.ts"),
  },
  {
    name: "egress",
    operands: "list | allow <host> | ask <host> | deny <host> | remove <host> | explain <url>",
    summary: "which hosts programs in a sandbox may reach",
    about:
      "What nothing allows is denied. allow adds a rule to the config: homarus egress allow api.github.com --method GET --path '/repos/**'. With --once it holds for ten minutes. ask wants your yes for each request.",
    options: {
      method: { type: "string", help: "only these, with commas: GET,POST" },
      path: { type: "string", help: "only this path: /v1/* for one part, /v1/** for all below" },
      agent: { type: "string", help: "only for this agent" },
      private: { type: "boolean", help: "the host may be inside your own network" },
      once: { type: "boolean", help: "for ten minutes, and not in the config" },
    },
    subcommands: ["list", "allow", "ask", "deny", "remove", "explain"],
    usual: "list",
    load: () => import("./commands/egress.ts"),
  },
  {
    name: "trust",
    operands: "list | file <path>",
    summary: "files of the workspace that hold words of strangers",
    about:
      "A file written while strangers' words were in the conversation marks every conversation that reads it: there, what reaches outside the house waits for your yes. When you have read it and it is fine: homarus trust file notes.md.",
    options: { agent: { type: "string", help: "the agent whose workspace it is (default: the default agent)" } },
    subcommands: ["list", "file"],
    usual: "list",
    load: () => import("./commands/trust.ts"),
  },
  {
    name: "channels",
    operands: "status | login <channel> | logout <channel> | start <channel> | stop <channel>",
    summary: "where people talk to the agent: how each is, in and out",
    about:
      "login asks for the channel's secret without showing it (or reads it from standard input), puts it into the vault and its name into the config file, and waits until the channel is connected: homarus channels login telegram. logout takes its settings out; stop leaves them.",
    options: { timeout: { type: "string", help: "for login: seconds to wait until it is connected (default 15)" } },
    subcommands: ["status", "login", "logout", "start", "stop"],
    usual: "status",
    load: () => import("./commands/channels.ts"),
  },
  {
    name: "pairing",
    operands: "list | approve <channel> <code> | revoke <channel> <peer>",
    summary: "let people in who wrote to the agent",
    about: "An unknown sender gets a code from the agent. Approve it here: homarus pairing approve telegram ABCD2345.",
    options: {},
    subcommands: ["list", "approve", "revoke"],
    usual: "list",
    load: () => import("./commands/pairing.ts"),
  },
  {
    name: "nodes",
    operands:
      "list | status | describe <node> | invoke <node> <command> | run <node> -- <program> [word ...] | rename <node> <name> | pending | approve <request> | reject <request> | remove <node>",
    summary: "other machines that do something for the house",
    about:
      'A node is named by its id, the beginning of it, its name or its address. Run a program there: homarus nodes run kitchen -- uname -a. Any command it offers: homarus nodes invoke kitchen system.which --params \'{"bins":["git"]}\'. `pending` shows who waits to be let in or to do more; `approve latest` lets the newest in. A machine becomes a node by `homarus node run` there.',
    options: {
      params: { type: "string", help: "for invoke: what the command is given, as a JSON object" },
      timeout: { type: "string", help: "seconds to wait for the node (default 30)" },
      cwd: { type: "string", help: "for run: the folder on the node" },
      agent: { type: "string", help: "for run: by the rules of this agent" },
      approve: { type: "string", help: "for run: say `once` or `always` where the node's rules want somebody's yes" },
    },
    subcommands: [
      ...["list", "status", "describe", "invoke", "run", "rename", "pending", "approve", "reject", "remove"],
    ],
    load: () => import("./commands/nodes.ts"),
  },
  {
    name: "devices",
    operands:
      "list | approve <request> | reject <request> | remove <device> | rename <device> <name> | rotate <device> <role> | revoke <device> <role>",
    summary: "apps and machines that may connect, and those that ask to",
    about:
      "A device that connects from another machine for the first time waits until it is approved: homarus devices approve latest. rotate gives it a new token for a role (operator or node) and shows it once; revoke takes its tokens away. A device is named by its id, the beginning of it, or its name.",
    options: {},
    subcommands: ["list", "approve", "reject", "remove", "rename", "rotate", "revoke"],
    usual: "list",
    load: () => import("./commands/devices.ts"),
  },
  {
    name: "keys",
    operands: "list | create <name> | revoke <name>",
    summary: "keys for programs: they may less than the gateway's token and end by themselves",
    about: [
      "A program gives its key wherever the gateway's token is taken. It may what --scope says and no more:",
      "operator.read (see), operator.write (send, run, call tools), operator.approvals, operator.pairing, operator.talk,",
      "operator.admin (everything: settings, secrets). homarus keys create dashboard --ttl 7d",
      "homarus keys create build --scope operator.read,operator.write --ttl 1h. The key is shown once and only its hash",
      "is kept. When it ends or is revoked, who is in by it is sent away. homarus secrets rotate --all revokes all keys.",
    ].join("\n"),
    options: {
      scope: { type: "string", isList: true, help: "what it may, several with commas (default operator.read)" },
      ttl: { type: "string", help: "how long: 90s, 30m, 1h, 7d, at most 365d; or none (default 24h)" },
    },
    subcommands: ["list", "create", "revoke"],
    usual: "list",
    load: () => import("./commands/keys.ts"),
  },
  {
    name: "node",
    operands: "run",
    summary: "lend this machine to a gateway, as a node",
    about:
      "Connects to a gateway, here or on another machine, and carries out what it is asked: system.run under this machine's own exec policy, system.which, system.notify. Stays until Ctrl-C. From another machine: homarus node run --host gateway.home --tls, with the gateway's token in HOMARUS_GATEWAY_TOKEN. The owner then lets it in with `homarus devices approve latest`.",
    options: {
      host: { type: "string", help: "the gateway's machine (default: the gateway of this state folder)" },
      token: {
        type: "string",
        help: "the gateway's token; better in HOMARUS_GATEWAY_TOKEN, where `ps` does not show it",
      },
      password: { type: "string", help: "its password, where it has one; or HOMARUS_GATEWAY_PASSWORD" },
      name: { type: "string", help: "what the node is called (default: the machine's name)" },
      tls: { type: "boolean", help: "wss:// to a gateway whose certificate this machine trusts" },
      "tls-fingerprint": { type: "string", help: "wss:// to a gateway with this certificate (SHA-256) and no other" },
    },
    subcommands: ["run"],
    load: () => import("./commands/node.ts"),
  },
  {
    name: "models",
    operands:
      "list | providers | test [provider | model] | set <model | tier | default> | login <provider> | logout <provider> | refresh",
    summary: "models and their providers: list, try, choose, log in",
    about:
      "list shows the models that can be used; providers, how each vendor fares and what it still needs. test asks each key a tiny question. set chooses what answers: a model as provider/model, a tier (fast, balanced, strong) or an alias. login takes a provider's key, tries it and saves it; where the vendor has a page for it, it says where to log in. logout forgets such a login. refresh takes over a newer list of windows, abilities and prices: that of models.dev, or with --from another address or a file (models.dev, LiteLLM, or one of your own).",
    options: {
      all: { type: "boolean", help: "also those that are not set up (list)" },
      agent: { type: "string", help: "the agent whose model is set (set)" },
      url: { type: "string", help: "address of the server, for providers that run on your own machines (login)" },
      force: { type: "boolean", help: "save the key although the vendor refused it (login)" },
      from: {
        type: "string",
        help: "take the login over from this file of the vendor's own program (login); the list's address or file (refresh)",
      },
    },
    subcommands: ["list", "providers", "test", "set", "login", "logout", "refresh"],
    usual: "list",
    load: () => import("./commands/models.ts"),
  },
  {
    name: "cost",
    operands: "[calls | budgets | release [id]]",
    summary: "what models cost, and how the budgets stand",
    about: [
      "Shows today and this month, by model or by what --by names, and each budget. What has no known price is shown as",
      "unknown, with the calls it covers. A budget is set in the config: homarus config set budgets.day 5",
      "",
      "calls lists them, the newest first. release gives back what was held for calls that a crash cut off.",
    ].join("\n"),
    options: {
      since: { type: "string", help: "from then on: a date (2026-11-01), or 24h, 7d, 4w (default: this month)" },
      by: { type: "string", help: "provider, model, agent, session, job, key, day; several with commas" },
      limit: { type: "string", help: "at most so many (calls; default 20)" },
    },
    load: () => import("./commands/cost.ts"),
  },
  {
    name: "completion",
    operands: "bash | zsh | fish",
    summary: "print a completion script for the shell",
    about: 'Put it into your shell: eval "$(homarus completion bash)".',
    options: {},
    subcommands: ["bash", "zsh", "fish"],
    load: () => import("./commands/completion.ts"),
  },
];
