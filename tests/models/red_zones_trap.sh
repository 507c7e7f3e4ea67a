#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Red zones must stop a layer that touches bytes of the workspace that are not its own: a compiler in front of the real
# one moves one tensor of the emitted code 8 bytes on. Without red zones that goes unnoticed but for its outputs.
#   red_zones_trap.sh TINYC FOLDER
set -u
tinyc=$1 folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
real=$(command -v g++) || exit 77
cat > "$work/g++" <<END
#!/usr/bin/env bash
for argument in "\$@"; do
  case \$argument in
    */broken.cpp) sed -i '0,/{memory.workspace + [0-9]*,/s/{memory.workspace + [0-9]*/& + 8/' "\$argument" ;;
  esac
done
exec "$real" "\$@"
END
chmod +x "$work/g++"
verify() { "$tinyc" verify "$folder/model.onnx" --target host --name broken --data "$folder" --steps 1 "$@" 2>&1; }

verify --red-zones > "$work/right" || { echo "the model as it is fails"; cat "$work/right"; exit 1; }
PATH=$work:$PATH verify > "$work/unseen"
status=$?
[ $status -eq 0 ] || [ $status -eq 2 ] || { echo "without red zones the broken one stops"; cat "$work/unseen"; exit 1; }
PATH=$work:$PATH verify --red-zones > "$work/trapped" && { echo "the broken one is not stopped"; exit 1; }
grep -q "use-after-poison" "$work/trapped" || { echo "stopped by something else:"; cat "$work/trapped"; exit 1; }
