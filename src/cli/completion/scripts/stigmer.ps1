# PowerShell completion of stigmer; 5.1 or later

Register-ArgumentCompleter -Native -CommandName 'stigmer' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -le $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { [string]$_.Value } else { $_.Extent.Text } })
    if ($wordToComplete -eq '') {
        # Before 7.3 an empty argument has to be quoted to arrive.
        if ($PSVersionTable.PSVersion -lt [version]'7.3') { $words += '""' } else { $words += '' }
    }
    $lines = @(& stigmer __complete @words 2>$null)
    # Nothing of ours: PowerShell offers its own files.
    if ($lines.Count -eq 0 -or $lines[0].StartsWith(':files')) { return }
    foreach ($line in $lines) {
        $word, $meaning = $line.Split("`t", 2)
        if (-not $meaning) { $meaning = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $meaning)
    }
}
