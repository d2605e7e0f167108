// Variables, aliases and shells' own settings through which later commands become something else.
import { keepsHere } from "../hosts.ts";
import type { Command, Rule } from "../verdict.ts";

const exporters = new Set(["export", "declare", "env", "setenv", "typeset"]);

const set = (command: Command, name: RegExp, value: RegExp = /./): boolean =>
  (command.assigned.size > 0 && [...command.assigned].some(([key, text]) => name.test(key) && value.test(text))) ||
  (exporters.has(command.name) &&
    command.args.some(
      (word) => name.test(word.text.split("=")[0] ?? "") && word.text.includes("=") && value.test(word.text),
    ));

const everyday =
  /^(ls|cd|sudo|su|ssh|cat|rm|cp|mv|git|ps|grep|find|passwd|echo|kill|which|login|docker|kubectl|npm|apt|exit|history|vim?|curl|wget|python\d?|man|less|mkdir|chmod|top|df|mount|make|scp|nano)$/;

export const environment: readonly Rule[] = [
  {
    rule: "environment.preload",
    when: (c) => set(c, /^(LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|GCONV_PATH|LD_BIND_NOT)$/),
    decision: "deny",
    reason: "would load foreign code into every program",
  },
  {
    rule: "environment.library",
    when: (c) =>
      set(
        c,
        /^(LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|PYTHONPATH|PYTHONHOME|RUBYLIB|PERL5LIB|NODE_PATH|CLASSPATH|LUA_PATH|GEM_PATH|GIT_EXEC_PATH|GIT_TEMPLATE_DIR|OPENSSL_CONF|OPENSSL_ENGINES)$/,
        /^(\/tmp|\/dev\/shm|\/var\/tmp|:)/,
      ) || set(c, /^(LD_LIBRARY_PATH|DYLD_LIBRARY_PATH)$/, /^\./),
    decision: "ask",
    reason: "would load code from a folder where anyone may write",
  },
  {
    rule: "environment.start",
    when: (c) =>
      set(
        c,
        /^(BASH_ENV|ENV|PROMPT_COMMAND|PS4|PS1|BASH_FUNC_\S+|PERL5OPT|PERL5DB|PYTHONSTARTUP|PYTHONINSPECT|RUBYOPT|ZDOTDIR|SHELLOPTS)$/,
        /\$\(|`|\/|\brm\b|curl|eval|;|-e|-r/,
      ),
    decision: "ask",
    reason: "would have code run before every command",
  },
  {
    rule: "environment.node",
    when: (c) =>
      set(
        c,
        /^(NODE_OPTIONS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS)$/,
        /--require|-r |--import|-javaagent|--loader|--inspect=0/,
      ),
    decision: "ask",
    reason: "would load further code into every program of that kind",
  },
  {
    rule: "environment.tool",
    when: (c) =>
      set(
        c,
        /^(GIT_SSH_COMMAND|GIT_SSH|GIT_PAGER|PAGER|MANPAGER|EDITOR|VISUAL|GIT_EDITOR|GIT_ASKPASS|SSH_ASKPASS|SUDO_ASKPASS|BROWSER|LESSOPEN|LESSCLOSE|GIT_EXTERNAL_DIFF|GIT_PROXY_COMMAND|AUTOM4TE|AUTOCONF|AUTOMAKE|ACLOCAL|FACTERLIB|TAR_OPTIONS|RSYNC_RSH|MAKEFLAGS)$/,
        /(\bsh\b -c|\/tmp\/|rm |curl |wget |nc |bash|\/dev\/|;|\|[^|]|\$\(|exec=|command=)/,
      ),
    decision: "ask",
    reason: "would run something else in place of a usual program",
  },
  {
    rule: "environment.tool",
    when: (c) =>
      set(c, /^(GIT_SSH_COMMAND|GIT_SSH|RSYNC_RSH)$/, /^(\w+=)?["']?(?!ssh\b|\/usr\/bin\/ssh\b)[\w.~/$-]*\//),
    decision: "ask",
    reason: "would run something else in place of a usual program",
  },
  {
    rule: "environment.packages",
    when: (c) =>
      set(
        c,
        /^(npm_config_(registry|proxy|https_proxy)|(PIP|UV)_(\w+_)*(INDEX|INDEX_URL|TRUSTED_HOST|FIND_LINKS)|GOPROXY|BUNDLE_MIRROR\w*|GEM_SOURCE|CARGO_REGISTRIES_\w+|CARGO_SOURCE_\w+|YARN_REGISTRY|RUSTUP_DIST_SERVER|HOMEBREW_\w*(DOMAIN|REMOTE)|CONDA_CHANNELS|NVM_NODEJS_ORG_MIRROR|NIX_\w*SUBSTITUTERS|((https?|all|ftp)_proxy))$/i,
        /(^|=)(http:\/\/(?!(localhost|127(\.\d+){3}|10\.|192\.168\.|172\.|[\w-]+[:/]|[\w.-]*(proxy|corp|intern|mirror|local)))|(https?|socks\d?h?):\/\/(?!127\.|10\.|192\.168\.|172\.)\d+\.)/i,
      ) ||
      set(
        c,
        /^(npm_config_(script_shell|shell|node_options|git|prefix|globalconfig|userconfig|init_module)|RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|RUSTC|GOFLAGS|CARGO_BUILD_RUSTC\w*|CC|CXX|LD|AR|MAKE|SHELL|PIP_CONFIG_FILE|GIT_CONFIG_GLOBAL|GIT_CONFIG_VALUE_\d+|GIT_CONFIG_PARAMETERS|PYTHONBREAKPOINT|PYTHONWARNINGS|KUBECONFIG|DOCKER_CONFIG|TERMINFO|LOCPATH|COREPACK_NPM_REGISTRY)$/i,
        /(^|=|\s|-toolexec[ =])\/(tmp|dev\/shm|var\/tmp)\/|\bsh -c|^!|os\.system|all:0:/,
      ),
    decision: "ask",
    reason: "would have packages come from elsewhere, or be built by something else",
  },
  {
    rule: "environment.path",
    when: (c) =>
      set(
        c,
        /^PATH$/,
        /^(\.|\/tmp|\/dev\/shm|\/var\/tmp|:)(:|\/|$)|^(\/tmp|\/dev\/shm|\/var\/tmp)[^:]*:|:(\.|\/tmp[^:]*|):|:\.$|^$|^\/nonexistent/,
      ),
    decision: "deny",
    reason: "would have programs found where anyone may write",
  },
  {
    rule: "environment.path-lost",
    when: (c) => set(c, /^PATH$/, /^(\/dev\/null|""|''|\s*|\/nowhere)$/),
    decision: "ask",
    reason: "would make every program unfindable",
  },
  {
    rule: "environment.alias",
    on: /^alias$/,
    when: (c) =>
      c.args.some(
        (word) =>
          everyday.test(word.text.split("=")[0] ?? "") &&
          /(curl|wget|nc |\/tmp\/|rm -|base64|;|&&|\||bash -c|\/dev\/|eval|:|true|poweroff|shutdown|exit)/.test(
            word.text.slice(word.text.indexOf("=") + 1),
          ),
      ),
    decision: "ask",
    reason: "would make a usual command do something else",
  },
  {
    rule: "environment.shadow",
    on: /^function:$/,
    when: (c) =>
      everyday.test(c.args[0]?.text ?? "") &&
      /\b(curl|wget|nc|ncat|eval|base64|dd|mail|scp)\b|\/dev\/|\/tmp\/|\brm -/.test(c.args[1]?.text ?? ""),
    decision: "ask",
    reason: "would make a usual command do something else",
  },
  {
    rule: "environment.function",
    on: /^(enable|hash|unalias|bind)$/,
    args: / (-n|-f|-p|-x|-d) /,
    when: (c) => !/^ -d /.test(c.line) || c.name !== "hash",
    decision: "ask",
    reason: "would change what the shell's own commands are",
  },
  {
    rule: "environment.history",
    when: (c) =>
      set(
        c,
        /^(HISTFILE|HISTSIZE|HISTFILESIZE|HISTCONTROL|HISTIGNORE)$/,
        /\/dev\/null|=0$|^0$|^$|\*|ignoreboth:.*\*/,
      ) ||
      (c.name === "unset" && /HISTFILE/.test(c.line)),
    decision: "ask",
    reason: "would leave no trace in the shell's history",
  },
  {
    rule: "environment.tls",
    when: (c) =>
      set(c, /^(NODE_TLS_REJECT_UNAUTHORIZED|GIT_SSL_NO_VERIFY|PYTHONHTTPSVERIFY)$/, /(^|=)(0|1|true)$/) &&
      !keepsHere(c),
    decision: "ask",
    reason: "would trust any machine that answers",
  },
];
