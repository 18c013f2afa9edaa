"""What a lab's shell reads when it begins: the user's own settings first, then ours."""

from collections.abc import MutableMapping
from pathlib import Path

from labrunner import atomic
from labrunner.cli import shell_kept

LOOK = 'FORCE_COLOR=1 eval "$LABRUNNER_COMMAND check --changes" </dev/null 2>/dev/null'

MOVED = """\
__labrunner_moved() {
  local lab=$LABRUNNER_LAB_FOLDER recorder=
  [[ -e $lab/looked && ! $lab/log.jsonl -nt $lab/looked && ! $lab/lab.json -nt $lab/looked ]] || return 0
  read -r recorder <"$lab/recorder.pid"
  [[ -n $recorder ]] && kill -0 "$recorder" && return 1
  return 0
} 2>/dev/null
"""
"""Tells whether anything happened in the lab since the last look, and runs nothing for it; see moved.py."""

BASH = """\
[ -f ~/.bashrc ] && . ~/.bashrc
PATH=$LABRUNNER_PATH
labrunner() {
  eval "$LABRUNNER_COMMAND"' "$@"'
  local ended=$?
  rm -f "$LABRUNNER_FOLDER/pending"
  return "$ended"
}
alias lr=labrunner
PS1="(lr $LABRUNNER_SHELL) $PS1"
PS0=${PS0-}'$(: >"$LABRUNNER_FOLDER/busy")'
__labrunner_look() {
  local ended=$? prompt=
  rm -f "$LABRUNNER_FOLDER/busy"
  if [ -s "$LABRUNNER_FOLDER/pending" ]; then
    cat "$LABRUNNER_FOLDER/pending"
    rm -f "$LABRUNNER_FOLDER/pending"
  fi
  __labrunner_moved || return "$ended"
  ((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4))) && eval 'prompt=${PS1@P}'
  ( {
    said=$(@LOOK@)
    if [ -n "$said" ] && [ -e "$LABRUNNER_FOLDER/busy" ]; then
      printf '%s\\n' "$said" >>"$LABRUNNER_FOLDER/pending"
    elif [ -n "$said" ]; then
      printf '\\r\\033[K%s\\n%s' "$said" "$prompt" >/dev/tty
    fi
  } & ) 2>/dev/null
  return "$ended"
}
case $(declare -p PROMPT_COMMAND 2>/dev/null) in
  "declare -a"*) PROMPT_COMMAND+=(__labrunner_look) ;;
  *) PROMPT_COMMAND=${PROMPT_COMMAND-}$'\\n'__labrunner_look ;;
esac
if [ -n "${BASH_COMPLETION_VERSINFO-}" ] || type -t complete >/dev/null; then
  __labrunner_complete() {
    local IFS=$'\\n'
    COMPREPLY=($(COMP_WORDS="labrunner ${COMP_WORDS[*]:1}" COMP_CWORD=$COMP_CWORD \\
      _LABRUNNER_COMPLETE=complete_bash eval "$LABRUNNER_COMMAND" 2>/dev/null))
  }
  complete -o default -F __labrunner_complete labrunner lr
fi
"""

ZSHENV = """\
LABRUNNER_FOLDER=$ZDOTDIR
if [ -n "$LABRUNNER_ZDOTDIR" ]; then ZDOTDIR=$LABRUNNER_ZDOTDIR; else unset ZDOTDIR; fi
[ -f "${ZDOTDIR:-$HOME}/.zshenv" ] && . "${ZDOTDIR:-$HOME}/.zshenv"
LABRUNNER_ZDOTDIR=${ZDOTDIR-}
ZDOTDIR=$LABRUNNER_FOLDER
"""

ZSH = """\
ZDOTDIR=$LABRUNNER_ZDOTDIR
[ -n "$ZDOTDIR" ] || unset ZDOTDIR
[ -f "${ZDOTDIR:-$HOME}/.zshrc" ] && . "${ZDOTDIR:-$HOME}/.zshrc"
PATH=$LABRUNNER_PATH
labrunner() { eval "$LABRUNNER_COMMAND"' "$@"'; }
alias lr=labrunner
PROMPT="(lr $LABRUNNER_SHELL) $PROMPT"
__labrunner_told() {
  local said
  said=$(cat <&$1)
  zle -F $1
  exec {1}<&-
  [ -n "$said" ] && { zle -I; print -r -- "$said"; }
}
__labrunner_look() {
  local fd
  __labrunner_moved || return 0
  exec {fd}< <(@LOOK@)
  zle -F $fd __labrunner_told
}
autoload -Uz add-zsh-hook && add-zsh-hook precmd __labrunner_look
__labrunner_complete() {
  eval $(env _TYPER_COMPLETE_ARGS="labrunner ${words[2,$CURRENT]}" _LABRUNNER_COMPLETE=complete_zsh \\
    sh -c "$LABRUNNER_COMMAND" 2>/dev/null)
}
whence compdef >/dev/null && compdef __labrunner_complete labrunner
"""

SH = """\
labrunner() { eval "$LABRUNNER_COMMAND"' "$@"'; }
alias lr=labrunner
PS1="(lr $LABRUNNER_SHELL) \\$ "
"""


def prepare(program: str, folder: Path, environ: MutableMapping[str, str], *, keep: bool = False) -> list[str]:
    """Write what the shell reads first, and return the line that runs it.

    Args:
        program: the shell's path.
        folder: where its files are written.
        environ: its whole environment; what the files need is put in.
        keep: whether what is typed is kept in the lab's folder; only by `shell_kept.SHELLS`.

    Returns:
        the argv.
    """
    name = Path(program).name
    environ["LABRUNNER_FOLDER"] = str(folder)
    environ["LABRUNNER_PATH"] = environ.get("PATH", "")
    if name == "bash":
        atomic.write(folder / "bashrc", _looking(BASH) + (shell_kept.BASH if keep else ""))
        return [program, "--rcfile", str(folder / "bashrc"), "-i"]
    if name == "zsh":
        environ["LABRUNNER_ZDOTDIR"] = environ.get("ZDOTDIR", "")
        environ["ZDOTDIR"] = str(folder)
        atomic.write(folder / ".zshenv", ZSHENV)
        atomic.write(folder / ".zshrc", _looking(ZSH) + (shell_kept.ZSH if keep else ""))
        return [program, "-i"]
    if name == "fish":
        return [
            program,
            "--init-command",
            "function labrunner; eval $LABRUNNER_COMMAND (string escape -- $argv); end; alias lr labrunner",
        ]
    atomic.write(folder / "shrc", SH)
    environ["ENV"] = str(folder / "shrc")
    return [program, "-i"]


def _looking(script: str) -> str:
    return MOVED + script.replace("@LOOK@", LOOK)
