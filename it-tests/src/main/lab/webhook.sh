#!/bin/sh
# Takes one HTTP request on standard input and adds its body, a line, to the file; answers 204.
#
#   webhook.sh FILE
length=0
while read -r line; do
    line=$(printf %s "$line" | tr -d '\r')
    case $line in
        '') break ;;
        [Cc]ontent-[Ll]ength:*) length=${line#*: } ;;
    esac
done
printf '%s\n' "$(head -c "$length")" >>"$1"
printf 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
