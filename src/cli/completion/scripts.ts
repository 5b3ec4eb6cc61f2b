/** Shells for which `stigmer completion` has a script. */
export const completionScripts = {
  bash: `_stigmer() {
  local IFS=$'\\n'
  COMPREPLY=()
  local candidates
  candidates=$(stigmer __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  if [ "$candidates" = ":files" ]; then
    COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  else
    COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -o filenames -F _stigmer stigmer
`,
  zsh: `#compdef stigmer
_stigmer() {
  local -a candidates
  candidates=("\${(@f)$(stigmer __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "$candidates" == ":files" ]]; then
    _files
  else
    compadd -a candidates
  fi
}
if [[ "$funcstack[1]" == "_stigmer" ]]; then
  _stigmer "$@"
else
  compdef _stigmer stigmer
fi
`,
} as const;
