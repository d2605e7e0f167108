// The first program of a container, in plain shell. It keeps the container up as long as the house holds its input, and
// ends what commands leave behind: it reads a line, acts, and answers with a line. It needs no program for that, so that
// it works where no process can be started any more. Whoever disturbs it loses the container, which is his own.

/** What marks a command's processes; the value has `markLength` characters. */
export const mark = "HOMARUS_COMMAND";
export const markLength = 12;

/**
 * `sweep LIVE...` kills what belongs to no living command: what carries another mark, or none and no parent that lives.
 * What has just been started by the runtime carries none for a moment, on a busy machine for long: it is watched for three
 * seconds, and what comes after the sweep began is a later command's. `ask` is SIGTERM.
 */
export const keeper = `
exec 2>/dev/null
trap '' TERM INT HUP
marked() {
  m=
  { while IFS= read -r line || [ -n "$line" ]; do
    case $line in *${mark}=*) m=$${"{"}line##*${mark}=}; m=$${"{"}m%"$${"{"}m#${"?".repeat(markLength)}}"} ;; esac
  done < "/proc/$1/environ"; } 2>/dev/null
}
judge() {
  verdict=spare q=$1
  while :; do
    marked "$q"
    case " $live " in *" $m "*) [ -n "$m" ] && return ;; esac
    state= parent=
    { while read -r name value rest; do
      case $name in State:) state=$value ;; PPid:) parent=$value; break ;; esac
    done < "/proc/$q/status"; } 2>/dev/null
    case $parent:$state in :*|*:Z|*:X|$$:*) return ;; esac
    case $parent in
      0) verdict=kill; [ -n "$m" ] || verdict=strange; return ;;
      1) verdict=kill; return ;;
    esac
    q=$parent
  done
}
sweep() {
  passes=0 watched=" "
  while [ $passes -lt 90 ]; do
    passes=$((passes + 1)) found= new=" "
    for entry in /proc/[1-9]*; do
      p=$${"{"}entry#/proc/}
      case $p in 1|$$) continue ;; esac
      judge "$p"
      case $verdict in
        kill) kill -9 "$p" && found=1 ;;
        strange)
          kill -0 "$p" || continue
          case $passes:$watched in 1:*|*" $p "*) new="$new$p " ;; *) continue ;; esac
          [ $passes -lt 60 ] || kill -9 "$p" ;;
      esac
    done
    watched=$new
    [ -n "$found" ] || [ "$new" != " " ] || return 0
    [ "$new" = " " ] || sleep 0.05
  done
  return 1
}
keep=$${mark}
echo ready
while read -r what ticket live; do
  live="$keep $live"
  case $what in
    sweep) if sweep; then echo "swept $ticket"; else echo "stuck $ticket"; fi ;;
    ask) for entry in /proc/[1-9]*; do
        p=$${"{"}entry#/proc/}
        case $p in 1|$$) continue ;; esac
        marked "$p"
        [ "$m" = "$keep" ] || kill -15 "$p"
      done ;;
  esac
done`;
