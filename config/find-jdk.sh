# Finds a JDK that is new enough; sourced by ./tailrace and .ci/run.

least_jdk=25
no_jdk="no JDK $least_jdk or newer found: install one (https://adoptium.net) or set JAVA_HOME to it"

# The feature version of the JDK in this folder, nothing if there is none. Reads its release file:
# starting a java only to ask it takes longer than all else here.
jdk_version() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  local line
  while IFS= read -r line; do
    if [[ $line =~ ^JAVA_VERSION=\"?(1\.)?([0-9]+) ]]; then
      echo "${BASH_REMATCH[2]}"
      return
    fi
  done <"$1/release"
}

# The folder of the JDK that the java on the PATH belongs to.
jdk_on_path() {
  local java
  java=$(command -v java) || return 0
  while [ -L "$java" ]; do
    local link
    link=$(readlink "$java")
    case $link in
      /*) java=$link ;;
      *) java=$(dirname "$java")/$link ;;
    esac
  done
  dirname "$(dirname "$java")"
}

find_jdk() {
  local home version
  for home in "${JAVA_HOME:-}" "$(jdk_on_path)" /usr/lib/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* "${HOME:-}"/.jdks/*/Contents/Home; do
    [ -n "$home" ] || continue
    version=$(jdk_version "$home")
    if [ -n "$version" ] && [ "$version" -ge "$least_jdk" ]; then
      echo "$home"
      return
    fi
  done
  return 1
}
