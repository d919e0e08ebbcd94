import { MASK } from '../../../base/sealed-text';

/** The file of the home to which each script adds a line when it begins. */
export const MARKS_FILE = 'marks';

/** What a secret is that scripts are given; it is in no log. */
export const SECRET = 'tomato-72-lamp';

/** The inventory's variable by which a host knows which one it is. */
export const NUMBER_VARIABLE = 'number';

const EXIT_OF_FAILURE = 3;

/** A script that says what it does in a way that can be checked byte for byte. */
export interface Talk {
  /** Unlike any other one's. */
  mark: string;
  lines: number;
  /** After how many lines it sleeps for a moment. */
  pauseEvery: number;
  /** Numbers of the hosts on which it fails. */
  failsOn: readonly number[];
  /** Whether it fails there again when it is run once more. */
  failsAgain: boolean;
  hasSecret: boolean;
}

/** The same text for all of them; what it does is in its parameters. There is nothing in it that a pipeline renders. */
export const SCRIPT = `echo "$GANTRY_P_mark $GANTRY_RUN" >>"$HOME/${MARKS_FILE}"
i=0
while [ $i -lt $GANTRY_P_lines ]; do
  echo "line $i of $GANTRY_P_mark on $GANTRY_HOST_${NUMBER_VARIABLE}: $GANTRY_P_secret, and so on and so on"
  [ $((i % 7)) = 0 ] && echo "err $i" >&2
  i=$((i + 1))
  [ $((i % GANTRY_P_pause_every)) = 0 ] && sleep 0.2
done
printf '%.5s' "$GANTRY_P_secret"
sleep 0.1
printf '%s' "$GANTRY_P_secret" | cut -c6-
printf '\\000\\377'
case " $GANTRY_P_fails_on " in *" $GANTRY_HOST_${NUMBER_VARIABLE} "*)
  [ "$GANTRY_P_fails_again" = yes ] && exit ${EXIT_OF_FAILURE}
  [ -e "$HOME/failed-$GANTRY_P_mark" ] && exit 0
  : >"$HOME/failed-$GANTRY_P_mark"
  exit ${EXIT_OF_FAILURE} ;;
esac
exit 0
`;

/** What the plugin is given for it. @param secret what stands for the secret */
export function parametersOf(talk: Talk, secret: string): Record<string, string | number> {
  return {
    mark: talk.mark,
    lines: talk.lines,
    pause_every: talk.pauseEvery,
    fails_on: talk.failsOn.join(' '),
    fails_again: talk.failsAgain ? 'yes' : 'no',
    secret: talk.hasSecret ? secret : PLAIN_WORD,
  };
}

const PLAIN_WORD = 'plain';

/** All that it writes on a host, as it is to be kept. */
export function saidOn(host: number, { mark, lines, hasSecret }: Talk): Buffer {
  const secret = hasSecret ? MASK : PLAIN_WORD;
  const text = Array.from({ length: lines }, (_, i) => {
    const line = `line ${i} of ${mark} on ${host}: ${secret}, and so on and so on\n`;
    return i % 7 === 0 ? `${line}err ${i}\n` : line;
  });
  return Buffer.concat([Buffer.from(`${text.join('')}${secret}\n`), Buffer.from([0, 255])]);
}

/** How it ends there, in an attempt that is counted from 1. Whether it has failed before is not asked where it may not. */
export function mayEndWith(host: number, { failsOn, failsAgain }: Talk): readonly number[] {
  if (!failsOn.includes(host)) return [0];
  return failsAgain ? [EXIT_OF_FAILURE] : [EXIT_OF_FAILURE, 0];
}
