# The tea shop's menu board: writes its page once, then serves it.
set -eu

# How this shop writes money: EDITION, and price CENTS.
. /usr/local/lib/shop/money.sh

: "${SHOP:?nobody told the board whose it is}"

cat >/usr/share/nginx/html/index.html <<PAGE
$SHOP${STAGE:+ [$STAGE]}
oolong   $(price 1850)
jasmine  $(price 1225)
prices by money.sh, $EDITION
served by $(nginx -v 2>&1)
PAGE

exec nginx -g 'daemon off;'
