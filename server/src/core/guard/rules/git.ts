// History and work that git would not give back, and code that git would start.
import type { Rule } from "../verdict.ts";

export const git: readonly Rule[] = [
  {
    rule: "git.force",
    on: /^git$/,
    args: / push (.* )?(-[a-zA-Z]*f[a-zA-Z]*|--force(=\S*)?|--force-with-lease\S*|--force-if-includes|--mirror|\+\S+|--delete|-d|--prune|:\S+|--all --force) /,
    decision: "ask",
    reason: "would rewrite or delete what is on the other side",
  },
  {
    rule: "git.reset",
    on: /^git$/,
    args: / reset (.* )?--(hard|merge) /,
    decision: "ask",
    reason: "would throw away changes that are not committed",
  },
  {
    rule: "git.clean",
    on: /^git$/,
    args: /^(?!.* (-\w*n\w*|--dry-run) ).* clean (.* )?(-[a-zA-Z]*f[a-zA-Z]*|--force) /,
    decision: "ask",
    reason: "would delete files that git does not know",
  },
  {
    rule: "git.discard",
    on: /^git$/,
    args: / (checkout|restore) (.* )?((--|-f|--force|--worktree|HEAD) )*(\.|\*|:\/|--|-f|--force)(\/\.)? $/,
    when: (c) => !/ --staged /.test(c.line) || / (--worktree|-W) /.test(c.line),
    decision: "ask",
    reason: "would throw away changes that are not committed",
  },
  {
    rule: "git.rewrite",
    on: /^(git|git-filter-repo|bfg)$/,
    args: / (filter-branch|filter-repo|--invert-paths|--delete-files|--strip-blobs-\S+|replace --edit) /,
    decision: "ask",
    reason: "would rewrite the whole history",
  },
  {
    rule: "git.forgotten",
    on: /^git$/,
    args: / (reflog (expire|delete)|gc (.* )?--prune=(now|all)|prune --expire|update-ref (.* )?(-d|--stdin)|stash (clear|drop)|branch (.* )?(-[a-zA-Z]*D[a-zA-Z]*|-d -f|--delete --force|-[MC] \S+ \S+)|tag (-d|--delete) \S+ |worktree remove (.* )?(-f|--force)|lfs prune|submodule deinit (.* )?(-f|--all)|symbolic-ref|checkout --orphan|rm (?!.*--cached)(.* )?-[a-zA-Z]*[rf]+[a-zA-Z]* ((\.|\*|\/)\/? |-f )|remote (set-url \S+ http\S+|rm|remove) ?\S*|switch (.* )?(-[qtmd]*f[qtmd]*|--force|--discard-changes)|checkout (.* )?(-[qtm]*f[qtm]*|--force)|read-tree .*) ?/,
    decision: "ask",
    reason: "would lose commits, branches or stashes",
  },
  {
    rule: "git.history-rebase",
    on: /^git$/,
    args: / (rebase (.* )?--root|commit .*--amend .*--date|push .*--no-verify .*(main|master)) /,
    decision: "ask",
    reason: "would rewrite history",
  },
  {
    rule: "git.code",
    on: /^git$/,
    args: /( -c |config .*)(core\.(pager|sshCommand|editor|fsmonitor|hooksPath|askPass|gitProxy|alternateRefsCommand)|alias\.\S+[ =]!|credential\.helper[ =](!|store)|protocol\.ext\.allow|filter\.\S+\.(clean|smudge)|diff\.\S*(external|command|textconv)|uploadpack\.packObjectsHook|url\..*insteadOf|http\.proxy|sequence\.editor|gpg\.program|merge\.\S+\.driver|include\.path|init\.templateDir|http\.sslVerify[ =]false|safe\.directory[ =]\*|user\.signingkey)/i,
    when: (c) =>
      !/ core\.(editor|pager)[ =]?(vim?|nano|code|cat|less|delta|emacs|true|"?code\S*|:)(\u00A0\S*)? /.test(c.line) &&
      !/ --get| --unset| -c core\.pager=( |cat )/.test(c.line),
    decision: "ask",
    reason: "would have git start another program",
  },
  {
    rule: "git.transport",
    on: /^git$/,
    args: / ext::|--upload-pack|--receive-pack|--template=\/tmp|fd::/,
    decision: "ask",
    reason: "would have git start another program",
  },
  {
    rule: "git.elsewhere",
    on: /^git$/,
    args: / push /,
    when: (c, s) => {
      const near = /github\.com|gitlab\.|bitbucket\.org|codeberg\.org|sr\.ht|localhost|127\.0|\.local\b/;
      const added = s.commands.filter((item) => item.name === "git" && / remote (add|set-url) /.test(item.line));
      const isWhole = / (--all|--mirror) /.test(c.line);
      if (added.length > 0 && isWhole) return true;
      return added.length > 0
        ? added.some((item) => !near.test(item.line))
        : /:\/\/|@/.test(c.line) && !near.test(c.line);
    },
    decision: "ask",
    reason: "would give a project's history to another machine",
  },
  {
    rule: "git.code",
    on: /^(hg|svn|bzr)$/,
    args: /alias\.\S+=!|hooks\.\S+=|--diff-cmd|--editor-cmd|ui\.(editor|merge|ssh)=/,
    decision: "ask",
    reason: "would have it start another program",
  },
  {
    rule: "git.other",
    on: /^(hg|svn|svnadmin|p4|bzr|fossil|jj|git-lfs)$/,
    args: / (strip|purge|revert .*(-R|--recursive|--all)|update -C|dump|delete|obliterate|rollback|abandon|setrevprop|cleanup .*--remove-unversioned|up -C) /,
    decision: "ask",
    reason: "would lose history or work",
  },
  {
    rule: "git.removed",
    on: /^git$/,
    args: / rm (-\S+ )*(\.|\*|\/) /,
    decision: "ask",
    reason: "would delete everything in the repository",
  },
];
