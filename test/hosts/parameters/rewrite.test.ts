import type { Declaration } from '../../../hosts/parameters/declaration';
import { rewrite } from '../../../hosts/parameters/rewrite';

const DECLARED = new Map<string, Declaration>([
  ['x', { type: 'text' }],
  ['n', { type: 'integer' }],
  ['l', { type: 'list', count: 2 }],
]);

/** What becomes of a script; or the messages of its problems, with their places. */
function outcome(script: string): string | string[] {
  const rewritten = rewrite(script, DECLARED);
  if (rewritten.kind === 'rewritten') return rewritten.script;
  return rewritten.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('a reference becomes one that the quoting around it asks for', () => {
  it.each([
    ['echo {{x}} {{ x }}', 'echo "${GANTRY_P_x}" "${GANTRY_P_x}"'],
    ['docker run --net="{{x}}"', 'docker run --net="${GANTRY_P_x}"'],
    ["echo 'a {{x}}'", `echo 'a '"\${GANTRY_P_x}"''`],
    ['echo "$(echo {{x}})"', 'echo "$(echo "${GANTRY_P_x}")"'],
    ['cat <<EOF\n"{{x}}"\nEOF', 'cat <<EOF\n"${GANTRY_P_x}"\nEOF'],
    ['# {{x}} and {{unknown}}', '# {{x}} and {{unknown}}'],
    ['echo $(( {{n}} + 1 ))', 'echo $(( ${GANTRY_P_n} + 1 ))'],
    ['(( {{n}} > 1 )) && echo', '(( ${GANTRY_P_n} > 1 )) && echo'],
    ['for ((i=0; i<{{n}}; i++)); do :; done', 'for ((i=0; i<${GANTRY_P_n}; i++)); do :; done'],
    ['[[ $a -gt {{n}} ]]', '[[ $a -gt "${GANTRY_P_n}" ]]'],
    ['cp {{l}} /tmp', 'cp "${GANTRY_P_l_0}" "${GANTRY_P_l_1}" /tmp'],
    ['a=({{x}} {{l}})', 'a=("${GANTRY_P_x}" "${GANTRY_P_l_0}" "${GANTRY_P_l_1}")'],
    ['{{x}}/bin/start --now', '"${GANTRY_P_x}"/bin/start --now'],
    ['echo $((cmd); echo {{x}})', 'echo $((cmd); echo "${GANTRY_P_x}")'],
  ])('%j', (script, wanted) => expect(outcome(script)).toBe(wanted));

  it.each([
    'docker inspect -f "{{.State.Pid}}"',
    "echo '{{json .}}' {{}} {{ }} {{a b}} {{a",
    'echo ${x} {a,b} { {x} }',
  ])('%j has none, and stays as it is', (script) => expect(outcome(script)).toBe(script));
});

describe('a reference that would be run, reckoned or text is refused', () => {
  it.each([
    ["echo $'{{x}}'", "1:8 {{x}} cannot be replaced inside $'…'"],
    ["cat <<'EOF'\n{{x}}\nEOF", '2:1 {{x}} is not replaced in a here-document whose delimiter is quoted'],
    ['cat <<\\EOF\n{{x}}\nEOF', '2:1 {{x}} is not replaced in a here-document whose delimiter is quoted'],
    ['echo `echo {{x}}`', '1:12 {{x}} cannot be replaced safely inside `…`'],
    ['echo ${Z:-{{x}}}', '1:11 {{x}} cannot be replaced safely inside ${…}'],
    ['echo "${Z:-"{{x}}"}"', '1:13 {{x}} cannot be replaced safely inside ${…}'],
    ['echo ${a[{{x}}]}', '1:10 {{x}} cannot be replaced safely inside ${…}'],
    ['echo ${{x}}', '1:6 a $ before a parameter cannot be'],
    ['echo "\\{{x}}"', '1:7 a backslash before a parameter would make its value text'],
    ['cat <<{{x}}\nEOF', '1:5 a parameter cannot be the delimiter of a here-document'],
    ['echo {{nope}}', '1:6 there is no parameter nope'],
    ['echo $(({{x}}+1))', '1:9 {{x}} cannot be text where a shell reckons'],
    ['echo $(( $(echo {{x}}) ))', '1:17 {{x}} cannot be text where a shell reckons'],
    ['echo $[{{x}}]', '1:8 {{x}} cannot be text where a shell reckons'],
    ['(({{x}}))', '1:3 {{x}} cannot be text where a shell reckons'],
    ['for ((i={{x}};;)); do :; done', '1:9 {{x}} cannot be text where a shell reckons'],
    ['[[ 1 -eq {{x}} ]]', '1:10 {{x}} would be run or reckoned by [[ … -eq … ]]'],
    ['if [[ a == b &&\n "{{x}}" -lt 1 ]]; then :; fi', '2:3 {{x}} would be run or reckoned by [[ … -lt … ]]'],
    ['a[{{x}}]=1', '1:3 {{x}} would be run or reckoned by a subscript'],
    ['a=([{{x}}]=1)', '1:5 {{x}} would be run or reckoned by a subscript'],
    ['let "a={{x}}"', '1:8 {{x}} would be run or reckoned by let'],
    ['eval "echo {{x}}"', '1:12 {{x}} would be run or reckoned by eval'],
    ['eval "$(echo {{x}})"', '1:14 {{x}} would be run or reckoned by eval'],
    ["sh -c 'echo {{x}}'", '1:13 {{x}} would be run or reckoned by sh -c'],
    ['A=1 sudo -u app /bin/bash -ec "echo {{x}}"', '1:37 {{x}} would be run or reckoned by bash -ec'],
    ['true && su - app -c "run {{x}}"', '1:26 {{x}} would be run or reckoned by su -c'],
    ['su app -c"run {{x}}"', '1:15 {{x}} would be run or reckoned by su -c'],
    ['ssh -p 22 {{x}} uptime', '1:11 {{x}} would be run or reckoned by ssh'],
    ['ssh h "rm {{x}}"', '1:11 {{x}} would be run or reckoned by ssh'],
    ['ssh h <<EOF\nrm {{x}}\nEOF', '2:4 {{x}} would be run or reckoned by ssh'],
    ['cat <<EOF | bash -s\n$(rm {{x}})\nEOF', '2:6 {{x}} would be run or reckoned by bash'],
    ['ssh -p 22 h bash -s <<EOF\nrm {{x}}\nEOF', '2:4 {{x}} would be run or reckoned by ssh'],
    ['echo "rm {{x}}" | sh', '1:10 {{x}} would be run or reckoned by the standard input of sh'],
    ['python3 -c "print(\'{{x}}\')"', '1:20 {{x}} would be run or reckoned by python -c'],
    ["perl -pe's/{{x}}//'", '1:12 {{x}} would be run or reckoned by perl -p'],
    ["awk -F: '/{{x}}/'", '1:11 {{x}} would be run or reckoned by awk'],
    ['printf -v {{x}} 1', '1:11 {{x}} would be run or reckoned by printf -v'],
    ['test -v {{x}}', '1:9 {{x}} would be run or reckoned by test -v'],
    ['read {{x}}', '1:6 {{x}} would be run or reckoned by read'],
    ['declare -i a={{x}}', '1:14 {{x}} would be run or reckoned by declare -i'],
    ['trap "rm {{x}}" EXIT', '1:10 {{x}} would be run or reckoned by trap'],
    ['find . -exec sh -c "rm {{x}}" \\;', '1:24 {{x}} would be run or reckoned by sh -c'],
    ['if true; then {{x}}; fi', '1:15 {{x}} would decide which program is run'],
    ['A=1 "{{x}}" -l', '1:6 {{x}} would decide which program is run'],
    ['echo "{{l}}"', '1:7 the list {{l}} can only stand as words of its own'],
    ['echo a{{l}}', '1:7 the list {{l}} can only stand as words of its own'],
  ])('%j', (script, problem) => expect(outcome(script)).toEqual([problem]));

  it('with all of its places, in their order, and what to write instead', () => {
    const rewritten = rewrite('eval {{x}}\necho `{{x}}` {{n}}\n  echo {{y}}', DECLARED);

    expect(rewritten).toEqual({
      kind: 'refused',
      problems: [
        expect.objectContaining({
          line: 1,
          column: 6,
          advice: `give it as an argument of its own, as in: sh -c 'echo "$1"' sh {{x}}; or declare it as an integer`,
        }),
        expect.objectContaining({ line: 2, column: 7, advice: 'write $(…) instead of `…`' }),
        expect.objectContaining({
          line: 3,
          column: 8,
          advice: "declare it; braces that are meant as they are can be written as '{''{y}}'",
        }),
      ],
    });
  });
});

describe('a reference that is only data is not refused, whatever is near it', () => {
  it.each([
    'echo eval {{x}}',
    'systemctl restart ssh {{x}}',
    'sh -c \'echo "$1"\' sh {{x}}',
    'bash ./run.sh {{x}}',
    'python3 tool.py {{x}}',
    'export A={{x}} B="{{x}}"',
    'local v={{x}}',
    'read -r a <<< {{x}}',
    "awk -v v={{x}} '{ print v }' f",
    "awk '{ print }' {{x}}",
    '[ {{x}} -eq 1 ]',
    '[[ {{x}} == a* ]] && [ 1 -eq 1 ]',
    'eval "v={{n}}"; ssh -p {{n}} h',
    'echo {{x}} | sh ./filter.sh',
    'echo {{x}} | ssh h "cat > f"',
    'cat <<EOF | grep a\n{{x}}\nEOF',
    'curl -d "{{x}}" http://h/ > {{x}}.out 2>&1',
    'grep "a[{{x}}]" f',
    'case a in {{x}}) echo ;; esac',
    'for i in a b; do echo "$i" {{x}}; done',
    'a=( {{x}} )',
    'sudo -u app ./deploy {{x}}',
    "sed -i 's/a/{{x}}/' f",
    '{ echo {{x}}; } 2>/dev/null',
    'f() {\n  echo {{x}}\n}',
  ])('%j', (script) => expect(typeof outcome(script)).toBe('string'));
});
