"""What a lab's shell reads beside its setup where its learner asked for what they type to be kept."""

SHELLS = ("bash", "zsh")
"""Those that can keep it."""

BASH = r"""
__labrunner_keep() {
  local ended=$? said
  said=$(HISTTIMEFORMAT= history 1)
  if [ -z "${__labrunner_kept+set}" ]; then
    __labrunner_kept=$said
  elif [ "$said" != "$__labrunner_kept" ]; then
    __labrunner_kept=$said
    said=${said#"${said%%[![:space:]]*}"}
    said=${said#"${said%%[![:digit:]]*}"}
    said=${said#[* ]}
    printf '%s %s\n%s\0' "$(date +%s)" "$ended" "${said# }" >>"$LABRUNNER_LAB_FOLDER/typed"
  fi
  return "$ended"
}
case $(declare -p PROMPT_COMMAND 2>/dev/null) in
  "declare -a"*) PROMPT_COMMAND=(__labrunner_keep "${PROMPT_COMMAND[@]}") ;;
  *) PROMPT_COMMAND=__labrunner_keep$'\n'${PROMPT_COMMAND-} ;;
esac
"""
"""A new number in the history is a new command; what HISTCONTROL keeps out of it is kept out here as well.

The first prompt sees what the history file ended with, which is of another day.
"""

ZSH = r"""
__labrunner_typed=
__labrunner_begin() { __labrunner_typed=$1 }
__labrunner_keep() {
  local ended=$?
  if [[ -n $__labrunner_typed && $__labrunner_typed != " "* ]]; then
    printf '%s %s\n%s\0' "$(date +%s)" "$ended" "$__labrunner_typed" >>"$LABRUNNER_LAB_FOLDER/typed"
  fi
  __labrunner_typed=
}
autoload -Uz add-zsh-hook && add-zsh-hook preexec __labrunner_begin
precmd_functions=(__labrunner_keep $precmd_functions)
"""
