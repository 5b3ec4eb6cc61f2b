# bash completion of stigmer; bash 3.2 or later

_stigmer() {
  local IFS=$'\n' line word blanks kept rest=${COMP_LINE:0:COMP_POINT} count=0
  local -a words=()
  # bash also cuts words at = : and @, stigmer only at blanks: what stands together is one word.
  for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    blanks=${rest%%[![:space:]]*}
    rest=${rest#"$blanks"}
    rest=${rest#"$word"}
    if [[ -z $blanks && $count -gt 0 ]]; then
      words[count-1]+=$word
    else
      words[count]=$word
      count=$((count + 1))
    fi
  done
  local current=${words[count-1]#[\"\']}
  words[count-1]=$current
  # What bash leaves in place in front of what it replaces.
  local lead=${current%"$2"}

  COMPREPLY=()
  while read -r line; do
    case $line in
      :files*)
        compopt -o filenames 2>/dev/null
        kept=${line#*$'\t'}
        while read -r word; do
          word=$kept$word
          COMPREPLY+=("${word#"$lead"}")
        done < <(compgen -f -- "${current#"$kept"}")
        ;;
      ?*)
        word=${line%%$'\t'*}
        COMPREPLY+=("${word#"$lead"}")
        ;;
    esac
  done < <(stigmer __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _stigmer stigmer
