// Doors opened to others: terminals that are shared, servers without a password, whole folders shown, foreign routes.

import { looksOnly } from "../looking.ts";
import { areaOf, resolvePath } from "../places.ts";
import type { Command, Rule, Scene } from "../verdict.ts";

/** Names a folder that is not the workspace's own to show. */
const showsAll = (command: Command, scene: Scene): boolean =>
  command.args.some((word) =>
    /^(root|home|kernel)$/.test(
      areaOf(resolvePath(word.text.replace(/^--?[\w-]+=/, ""), command.cwd), scene.settings.workspace),
    ),
  ) || /^(root|home|system)$/.test(areaOf(command.cwd, scene.settings.workspace));

export const doors: readonly Rule[] = [
  {
    rule: "door.terminal",
    on: /^(ttyd|gotty|wetty|shellinaboxd?|tmate|sshx|upterm|teleconsole|warp-term|tty-share|webssh|guacd|telnetd|in\.telnetd|dropbear|sshd|x11vnc|vncserver|Xvnc|wayvnc|tigervncserver|x0vncserver|xrdp|krfb|anydesk|teamviewer|rustdesk|remmina-server)$/,
    when: (c) => !looksOnly(c) && !/ (-T|-t|-kill|--kill|-list) /.test(c.line),
    decision: "ask",
    reason: "would let others use this machine",
  },
  {
    rule: "door.unlocked",
    on: /^(code|code-server|jupyter\S*|filebrowser|openvscode-server|redis-server|mongod|mysqld|mysqld_safe|elasticsearch|gcloud|x11vnc|ttyd|grafana\S*|n8n|geth|nats-server|mosquitto|docker|webdav|rclone|syncthing|marimo|streamlit)$/,
    args: /( --?(no-?auth|noauth|auth[= ]none|nopw|no-password|without-?password|disable-(auth|security|login)\S*|accept-server-license-terms|unprotected|unauthenticated)|[ .-](token|password)=(''|"")? | --protected-mode no| --insecure-unlock| --allow-unauthenticated) ?/i,
    decision: "ask",
    reason: "would open a service to everyone, without a password",
  },
  {
    rule: "door.shown",
    on: /^(caddy|filebrowser|miniserve|darkhttpd|serve|http-server|rclone|webfsd|thttpd|lighttpd|ruby|twistd|python[\d.]*|php|busybox|httpd|git|dufs|simple-http-server|live-server|static-web-server|updog|goshs|uftpd|smbserver\S*)$/,
    args: /( file-server|^ | serve |un -ehttpd|pyftpdlib|http\.server|smbserver| -S | daemon )/,
    when: (c, s) =>
      showsAll(c, s) &&
      (!/^(git|python[\d.]*|php|ruby|rclone|caddy|busybox)$/.test(c.name) ||
        /(file-server| serve |httpd|pyftpdlib|http\.server| -S | daemon )/.test(c.line)),
    decision: "ask",
    reason: "would show a whole home or system to others",
  },
  {
    rule: "door.shown",
    on: /^python[\d.]*$/,
    args: / (http\.server|SimpleHTTPServer) /,
    when: (c, s) => !/^(inside|all)$/.test(areaOf(c.cwd, s.settings.workspace)),
    decision: "ask",
    reason: "would show a folder outside of the workspace to others",
  },
  {
    rule: "door.shown",
    on: /^(git|rsync|python[\d.]*|xhost|exportfs|net)$/,
    args: /^ (daemon .*|--daemon .*|-m pyftpdlib .*|\+ ?\S*|(-o \S+ )?\*:\S+|usershare add .*) ?$/,
    decision: "ask",
    reason: "would open this machine to others",
  },
  {
    rule: "door.forwarded",
    on: /^(tailscale|kubectl|upnpc|socat|zerotier-cli|netbird|headscale|dockerd|oc|natpmpc)$/,
    args: / (funnel( --\S+)* \S+|serve (-\S+ )*\S*(tcp|https?|\d)\S*|up (.* )?--(ssh|advertise-exit-node|advertise-routes\S*|exit-node\S*)|set (.* )?--(ssh|advertise\S*)|port-forward (.* )?--address[= ]0\.0\.0\.0|-a (\S+ ){3}\S+|-[rR] \d+ .*|TCP\S*-LISTEN:\S+ .*|join \S+|-H tcp:\S+|-p \d+ \d+.*|(.* )?--host[= ]tcp:\S+) /i,
    when: (c) => !/ (funnel|serve) (status|reset|off)/.test(c.line),
    decision: "ask",
    reason: "would open a way into this machine from outside",
  },
  {
    rule: "door.notebook",
    on: /^(jupyter\S*|ray|dask|tensorboard|mlflow|spark-\w+|debugpy|gdbserver|node|java|bun|python[\d.]*)$/,
    args: /(--ip[= ](0\.0\.0\.0|\*).*(token|password)|--inspect(-brk)?=0\.0\.0\.0|address=(\*|0\.0\.0\.0):|debugpy (.* )?--listen 0\.0\.0\.0|^ 0\.0\.0\.0:\d+|jmxremote\.authenticate=false)/,
    decision: "ask",
    reason: "would let anyone on the network run code here",
  },
];
