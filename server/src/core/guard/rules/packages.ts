// Packages given out to the world, taken from strangers, or removed from under the system.
import { meetsStranger } from "../hosts.ts";
import type { Rule } from "../verdict.ts";

export const packages: readonly Rule[] = [
  {
    rule: "package.published",
    on: /^(npm|pnpm|yarn|bun|cargo|gem|twine|poetry|flit|hatch|vsce|ovsx|mvn|gradle|gradlew|lerna|changeset|np|release-it|semantic-release|dotnet|nuget|pod|uv|maturin|jsr|deno|helm|goreleaser|conan|pub|dart|flutter|mix|rebar3|luarocks|cpan-upload|snapcraft|clasp|wrangler|expo|eas|fastlane|docker|conda|anaconda|composer|oras|cosign)$/,
    args: /(^| )(publish|unpublish|deprecate|upload|yank|owner|push \S+\.(gem|nupkg|snap)|trunk push|hex\.publish|nuget push|dist-tag (add|rm)|access (public|grant)|deploy:deploy\S*|release:perform|publishToSonatype| deploy |push \S+ oci:\S+|npm publish|changeset publish|token create|trunk delete|nuget delete) ?/,
    when: (c) =>
      !/ (--dry-run|--help|run \S+) /.test(c.line) &&
      !(c.name === "cargo" && / -n /.test(c.line)) &&
      !(c.name === "docker") &&
      // There it only builds.
      !(c.name === "dotnet" && / publish /.test(c.line)) &&
      (!/ deploy /.test(c.line) || c.name === "mvn"),
    decision: "ask",
    reason: "would give a package out to the world, or take one back",
  },
  {
    rule: "package.removed",
    on: /^(apt|apt-get|aptitude|dnf|yum|zypper|apk|brew|port|snap|flatpak|emerge|xbps-remove|opkg|microdnf|nix-env|pkg|pkg_delete)$/,
    args: /^( -\S+)* (remove|purge|autoremove|autopurge|erase|del|uninstall|rm|unmerge|--unmerge|-C|-e|--uninstall|downgrade|delete|dist-upgrade|full-upgrade|do-release-upgrade|dup|distro-sync) /,
    decision: "ask",
    reason: "would remove programs from the system",
  },
  {
    rule: "package.removed",
    on: /^(dpkg|rpm|pacman|xbps-remove|dpkg-deb|guix)$/,
    args: / (-r|-P|--purge|--remove|-e|--erase|-R\w*|--force-\S+|--nodeps|-Rns?|--unpack|--clear-avail|-Rdd|--allmatches) /,
    decision: "ask",
    reason: "would remove programs from the system",
  },
  {
    rule: "package.removed",
    on: /^(do-release-upgrade|deborphan|needrestart)$/,
    decision: "ask",
    reason: "would change the whole system",
  },
  {
    rule: "package.stranger",
    on: /^(pip\d?|pip[\d.]+|npm|pnpm|yarn|gem|cargo|go|uv|poetry|easy_install|python[\d.]*|conda|bun|npx:?|composer|luarocks)$/,
    args: /( (-i|--index-url|--extra-index-url|--registry|--source|--index|--trusted-host|-f|--find-links)[ =](http:\/\/(?!(localhost|127(\.\d+){3})[:/ ])|https?:\/\/(\d+\.){3}\d+)\S*| (install|add|i|exec) (.* )?(git\+)?http:\/\/(?!(localhost|127(\.\d+){3})[:/ ])\S+| (install|add|i) (.* )?https?:\/\/(\d+\.){3}\d+\S*|--script-shell|--global-style=|--break-system-packages .*-r http|config set \S*(registry|index-url|extra-index-url|trusted-host) (?!https:\/\/(registry\.npmjs|pypi\.org))|(install|add|i) (.* )?\/(tmp|var\/tmp|dev\/shm)\/(?!\S*requirements)\S*)/i,
    decision: "ask",
    reason: "would run a stranger's code while it installs",
  },
  {
    rule: "package.stranger",
    on: /^(pip[\d.]*|npm|pnpm|yarn|bun|gem|cargo|go|uv|poetry|composer|brew|helm|luarocks|dotnet|nuget|mix|cpan|cpanm|conda)$/,
    args: / (install|add|i|get|download|require|pull) /,
    when: (c) => meetsStranger(c) || (c.name === "brew" && / https?:\/\//.test(c.line)),
    decision: "ask",
    reason: "would run a stranger's code while it installs",
  },
  {
    rule: "package.repository",
    on: /^(npx|bunx|uvx|pipx|pnpm|yarn|npm|bun|deno):?$/,
    args: /^ (?=.*(github:|gitlab:|bitbucket:|gist:|git\+|git@|git:\/\/|https?:\/\/(?!(localhost|127(\.\d+){3})[:/ ]))\S)(x |dlx |exec |run |-|github:|gitlab:|gist:|git\+|git@|https?:).* $/,
    when: (c) => /^(npx|bunx|uvx)/.test(c.name) || /^ (x|dlx|exec|run) /.test(c.line),
    decision: "ask",
    reason: "would run a stranger's code straight from its repository",
  },
  {
    rule: "package.unsigned",
    on: /^(apt|apt-get|yum|dnf|rpm|apk|dpkg|zypper|pacman|snap)$/,
    args: /( --allow-unauthenticated| --allow-remove-essential| --allow-downgrades|--no-?gpg-?checks?|--nogpgcheck|--allow-untrusted|--force-yes|trusted=yes|--nosignature|--allow-insecure-repositories|SigLevel|(install|-i|-\w*U\w*) (.* )?(https?:\/\/|\.{0,2}\/\S*\.(deb|rpm|apk)|\S+\.(deb|rpm))| --dangerous| -c \/(tmp|var\/tmp)| -[iU]v?h? |--install )/,
    decision: "ask",
    reason: "would install what nobody has signed",
  },
  {
    rule: "package.source",
    on: /^(add-apt-repository|apt-key|apt-add-repository|yum-config-manager|rpm|dnf)$/,
    args: /( adv | add |http:\/\/|--import|--add-repo|del)/,
    when: (c) => c.name === "apt-key" || /http:\/\/|\/\/\d+\./.test(c.line),
    decision: "ask",
    reason: "would trust another source of programs",
  },
  {
    rule: "package.source",
    when: (c) =>
      c.writes.some((write) => /^\/etc\/(apt|yum\.repos|pacman|zypp|apk)/.test(write.path)) &&
      /trusted=yes|allow-insecure|gpgcheck ?= ?0|SigLevel ?= ?(Never|TrustAll)|http:\/\/(?!\S*(debian|ubuntu|archlinux|fedora|alpine)\b)/i.test(
        `${c.line}${c.input?.text ?? ""}`,
      ),
    decision: "ask",
    reason: "would trust another source of programs",
  },
  {
    rule: "package.source",
    on: /^(tee|sponge)$/,
    args: /\/etc\/(apt|yum\.repos|pacman|zypp|apk)/,
    when: (c) => /trusted=yes|allow-insecure|gpgcheck ?= ?0|SigLevel ?= ?(Never|TrustAll)/i.test(c.input?.text ?? ""),
    decision: "ask",
    reason: "would trust another source of programs",
  },
  {
    rule: "package.stranger",
    on: /^go$/,
    args: /^ (run|install|get) (-\S+ )*(?!(github|gitlab|bitbucket|golang|gopkg|codeberg)\.|sr\.ht|\w+\.(golang\.org|sr\.ht|io|dev|cc|co|org)\/)[\w-]+(\.[\w-]+)+\/\S+@/,
    decision: "ask",
    reason: "would run a stranger's code while it installs",
  },
  {
    rule: "package.source",
    on: /^(go|pip[\d.]*|uv|npm|pnpm|yarn|bundle|gem|cargo|conda|poetry|helm|brew|flatpak|snap|nix-channel|choco|scoop|winget)$/,
    args: /^ (env -w (.* )?(GOPROXY|GOSUMDB|GONOSUM\w+|GOINSECURE|GOFLAGS|GONOSUMCHECK)=(?!https:\/\/proxy\.golang\.org|direct |off ).*|(.* )?(sources|repo|repository|remote-add|source|channels?|mirror\S*) (add |-a |--add )?(\S+ )?(http:\/\/(?!localhost)|https?:\/\/\d+\.).*) $/,
    decision: "ask",
    reason: "would trust another source of programs",
  },
  {
    rule: "package.wiped",
    on: /^(npm|pip\d?|yarn|conda|gem|brew|uv|pnpm|cargo)$/,
    args: / ((uninstall|remove|rm) (-\S+ )*(npm|pip|node|yarn|corepack|setuptools|conda)|uninstall (.* )?(-y -r|-r|--all)|uninstall -aIx|env remove|clean --all|remove --all|cache clean --force|token revoke|profile set|config set (ignore-scripts false|script-shell|strict-ssl false)|owner) /,
    when: (c) => !/cache clean|clean --all/.test(c.line),
    decision: "ask",
    reason: "would remove everything that is installed, or change an account",
  },
  {
    rule: "package.piped",
    on: /^(pip\d?|npm|gem)$/,
    when: (c) => (c.through.includes("xargs") || c.inner.length > 0) && / (uninstall|remove) /.test(c.line),
    decision: "ask",
    reason: "would remove everything that is installed",
  },
];
