# fish completion of stigmer

function __stigmer_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l candidates (stigmer __complete $words[2..-1] "$current" 2>/dev/null)
    if string match -q ':files*' -- "$candidates[1]"
        set -l lead (string split -m 1 \t -- $candidates[1])[2]
        set -l path (string sub -s (math (string length -- "$lead") + 1) -- "$current")
        for found in (__fish_complete_path "$path")
            printf '%s%s\n' "$lead" $found
        end
    else
        printf '%s\n' $candidates
    end
end

complete -c stigmer -e
complete -c stigmer -f -k -a '(__stigmer_complete)'
