#compdef stigmer
# zsh completion of stigmer

_stigmer() {
  local line
  local -a lines candidates
  lines=("${(@f)$(stigmer __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == :files* ]]; then
      local lead=${line#*$'\t'}
      compset -P "${(b)lead}"
      _files
      return
    fi
    # A colon ends the word, and a tab the word of stigmer.
    candidates+=("${${line%%$'\t'*}//:/\\:}${${(M)line%%$'\t'*}:+:${line#*$'\t'}}")
  done
  _describe -V stigmer candidates
}

if [[ $funcstack[1] == _stigmer ]]; then
  _stigmer "$@"
else
  compdef _stigmer stigmer
fi
