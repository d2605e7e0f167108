// What a house depends on beside its files: its services' own switches, its phones and boards, accounts and money.

import { looksOnly } from "../looking.ts";
import type { Rule } from "../verdict.ts";

export const services: readonly Rule[] = [
  {
    rule: "service.home",
    on: /^(curl|http|https|xh|wget|hass-cli|ha)$/,
    args: /services\/(lock|alarm_control_panel|cover|valve|siren|homeassistant|hassio|recorder|script|shell_command|garage\w*|water_heater|climate)\/|service call (lock|alarm\S*|cover|valve|homeassistant|hassio)\./,
    when: (c) => c.name.startsWith("ha") || /POST|PUT|-d |--data|--json|--post/.test(c.line),
    decision: "ask",
    reason: "would work locks, doors or heating of the house",
  },
  {
    rule: "service.home",
    on: /^(mosquitto_pub|mqttx?|mqtt-cli|zigbee2mqtt|zwave-js\w*|bluetoothctl|hcitool)$/,
    args: /(remove|reset|factory|ota|firmware|update|delete|restart|unlock|\/open|OPEN|UNLOCK|DISARM|permit_join|\/(lock|alarm|cover|garage|door|valve|siren)\S*)/,
    when: (c) => c.name.startsWith("m") || !looksOnly(c),
    decision: "ask",
    reason: "would work or unregister devices of the house",
  },
  {
    rule: "service.machines",
    on: /^(esxcli|vim-cmd|vicfg-\w+|xe|virt-\w+)$/,
    args: / (set|add|remove|kill|uninstall|unload|destroy|delete|power\.\w+|vm-(shutdown|destroy|reset|uninstall)) /,
    decision: "ask",
    reason: "would change a host of virtual machines, or end what runs there",
  },
  {
    rule: "service.home",
    on: /^(upscmd|upsrw|apcupsd|ipmitool|wakeonlan|etherwake|zwave-cli|zigpy|deconz\w*|kasa|tplink-smarthome-api|hue\w*|govee\w*)$/,
    args: / (load\.off|shutdown\S*|reset\S*|off|reboot|-s |unpair|remove|factory\S*|test\.\S+)/,
    decision: "ask",
    reason: "would switch or reset devices of the house",
  },
  {
    rule: "service.home",
    on: /^(curl|wget|https?|xh)$/,
    args: /\/(relay|light|lights|switch|cover|roller|cmnd|cm|plug|outlet|rpc|state|settings|win)\b\S*(turn=|power|=on\b|=off\b|toggle|go=|auto_off|hard_?reset|\.set)/i,
    decision: "ask",
    reason: "would switch or reset devices of the house",
  },
  {
    rule: "service.mail",
    on: /^(postsuper|exim\d?|qmail-\w+|doveadm|postqueue|mailq|imapsync|mbsync|offlineimap|himalaya|notmuch)$/,
    args: / (-d|-h|-Mrm|expunge|mailbox delete|purge|--delete\S*|--expunge\S*|delete|message delete)/,
    decision: "ask",
    reason: "would delete mail",
  },
  {
    rule: "service.mail",
    on: /^(mail|mailx|mutt|s-nail|sendmail|msmtp|swaks)$/,
    when: (c) => c.looped,
    decision: "ask",
    reason: "would write to many people",
  },
  {
    rule: "service.agent",
    args: / --(dangerously-\S+|yolo|skip-permissions|bypass-\S+|allow-all-tools|full-auto|trust-all-tools)/,
    decision: "ask",
    reason: "would let another agent act without a question",
  },
  {
    rule: "service.agent",
    on: /^(claude|codex|gemini|cursor-agent|goose|opencode|openclaw|homarus|copilot|crush|amp|qwen|aider|q)$/,
    args: /^( -\S+)* (mcp (add|install|add-json)|config (set|unset)|plugins? (install|add|enable)|skills? (add|install|enable)|hooks? (add|install)|approvals? (allow|approve)|pairing approve|devices? approve|keys create|policy (allow|set)|secrets (set|lease|read|run)|egress (allow|add))( |$)/,
    decision: "ask",
    reason: "would change what an agent may do",
  },
  {
    rule: "service.network",
    on: /^wg-quick$/,
    args: / up \S*\//,
    decision: "ask",
    reason: "would lead the machine's traffic where a file says",
  },
  {
    rule: "service.network",
    on: /^wg$/,
    args: /^ (set|setconf|addconf|syncconf) /,
    decision: "ask",
    reason: "would change who is in a private network, or where it leads",
  },
  {
    rule: "service.backup",
    on: /^snapraid$/,
    args: / (-[EUZNF]|--force-\w+|fix|touch) /,
    decision: "ask",
    reason: "would give up what protects the disks' files",
  },
  {
    rule: "service.stopped",
    on: /^(nginx|apachectl|apache2ctl|httpd|caddy|haproxy|pm2|supervisorctl|wg-quick|tailscale|zerotier-cli|pihole|exportfs|pct|qm|pvesm|pveum|midclt|snap|ha|hassio|netbird|forever|monit|docker-machine|mosquitto|asterisk|consul|vault|nomad|rabbitmqctl|unbound-control|rndc|fail2ban-client|cscli|openvpn3|nextcloud\.\w+|occ|gitlab-ctl|plesk|virsh|multipass|lxc|incus)$/,
    args: /^ (?:-\S+ |\S+ )?(-s (stop|quit)|stop( all| --all)?|kill|shutdown|delete (all|\S+)|down( \S+)?|logout|disable( \S+)?|-ua?|remove( \S+)?|leave( \S+)?|halt|-f -k|flush|uninstall|unban --all|set \S+ \S+|cleanse|factory-reset|user:delete \S+|maintenance:mode --on) /,
    when: (c) =>
      !looksOnly(c) &&
      !(
        /^(pm2|lxc|incus|multipass|pct|qm|forever|supervisorctl)$/.test(c.name) &&
        / stop (?!all |--all )\S+ $/.test(c.line)
      ),
    decision: "ask",
    reason: "would stop or take apart a service that others may need",
  },
  {
    rule: "service.removed",
    on: /^(istioctl|linkerd|cilium|flux|argocd|rancher|gitlab-\w+|k0s|rke2|talosctl|microk8s|tanzu|consul-k8s|argo|tkn|crossplane|kubefed\w*)$/,
    args: / (uninstall|reset|unregister|remove|update-password|\S*restore|stop|upgrade --force) /,
    when: (c) => !looksOnly(c),
    decision: "ask",
    reason: "would take down what runs in a cluster",
  },
  {
    rule: "service.device",
    on: /^(adb|fastboot|esptool(\.py)?|heimdall|odin4?|dfu-util|avrdude|openocd|st-flash|rpi-eeprom-\w+|raspi-config|idevicerestore|ideviceenter\w+|mtkclient|edl|sunxi-fel|tegrarcm|ipmitool|racadm|storcli\d*|megacli\w*|ssacli|MegaRAID|sas[23]ircu|sg_\w+|smartctl|mt|openseachest\w*)$/i,
    args: / (erase\w*|erase_flash|erase-flash|flash|flashing|oem|format|reboot( \S+)?|root|remount|unlock|uninstall \S+|wipe|factory_reset|reset|restore|nonint|mass_erase|-w|--erase\S*|sideload|clear|delete|-CfgClr|power (off|cycle|reset)|chassis .*|user set .*|del|add|shell (.* )?(rm|reboot|pm (uninstall|clear)|dd|wipe|settings put|su)( \S+)*|shell (rm|reboot|dd|wipe|su|pm (uninstall|clear|disable\S*)) .*|--set=\S+|-s (on|off)|-l \S+) /i,
    when: (c) => !/^ (devices|logcat|version|-i |-a |-H )/.test(c.line),
    decision: "ask",
    reason: "would erase, restart or change a device",
  },
  {
    rule: "service.money",
    on: /^(bitcoin-cli|litecoin-cli|dogecoin-cli|monero-wallet-\w+|geth|cast|solana|spl-token|near|lncli|lightning-cli|electrum|stripe|paypal|terrad|gaiad|cardano-cli|xrpl|sui|aptos|starkli|forge|eth)$/,
    args: / (send\w*|transfer\w*|payinvoice|pay|sendpayment|sweep\w*|dumpprivkey|dumpwallet|dumpseed|getseed|closechannel|closeallchannels|keysend|withdraw|fundchannel|charges create|refunds? create|payouts? create|transfers? create|burn|close|import\w*|export\w*|set-authority|--broadcast|payto|deploy|stop) /,
    when: (c) => !/ (--help|--dry-run) /.test(c.line),
    decision: "ask",
    reason: "would move money, or show the keys to it",
  },
  {
    rule: "service.account",
    on: /^(gh|glab|hub|tea)$/,
    args: / (api (.* )?(-X|--method)[ =]?(PUT|POST|PATCH) (.* )?\S*(collaborators|hooks|keys|secrets|memberships|protection|invitations|transfer|actions\/permissions|teams)\S*|api (.* )?\S*(collaborators|hooks|keys|secrets|memberships|protection|invitations|transfer)\S* (.* )?(-X|--method)[ =]?(PUT|POST|PATCH)|repo deploy-key (add|delete)|repo create (.* )?--public (.* )?--(source|push)\S*|gist create (.* )?(-p|--public)|variable (set|delete)|cache delete (.* )?--all|ruleset .*|codespace delete|extension install|label delete|release upload|repo edit (.* )?--(visibility|enable-\S+|delete-\S+)|issue delete|project delete|org .*delete|auth (login|refresh|setup-git)|repo sync (.* )?--force|repo archive|alias set (.* )?!\S*) ?/,
    decision: "ask",
    reason: "would change who may do what with a project, or show it to the world",
  },
  {
    rule: "service.mac",
    on: /^(pmset|systemsetup|profiles|kickstart|scutil|dseditgroup|softwareupdate|sysadminctl|caffeinate:|diskutil|tmutil|installer|xattr|pkgutil|jamf|fdesetup|PlistBuddy)$/,
    args: /( -a \w+ 0| (sleepnow|shutdown|restart|schedule|repeat)| -set\w+ (on|off|\S+)| remove | -remove| -activate| --set | -install| --ignore|-d(r|)? com\.apple\.quarantine|--forget| -pkg |disable|Set :| -c )/i,
    decision: "ask",
    reason: "would change how the machine runs or who may use it",
  },
  {
    rule: "service.backup",
    on: /^(restic|borg|kopia|duplicity|rdiff-backup|timeshift|snapper|duplicacy|bupstash|rsnapshot|velero|btrbk|tarsnap|proxmox-backup-client|vzdump|autorestic|borgmatic)$/,
    args: /( forget | prune | r?delete | --delete\S* | remove\S* | compact | gc | key (remove|rotate)| rekey | --nuke| break-lock| unlock --remove-all| -d | collection delete| repo-delete| break | policy (delete|set)| maintenance | rewrite )/,
    when: (c) => !/ (-n|--dry-run) /.test(c.line),
    decision: "ask",
    reason: "would delete backups",
  },
];
