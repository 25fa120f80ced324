# What the tests of the doors stand on, on plain nginx: the HTTP/2 client, the FastCGI application, and the eyes that see
# what arrived where. A check that cannot fail proves nothing.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use TestNginx;
use TestNginx::Doors;

my $large = 'x' x 30_000;
my $nginx = run_nginx(<<"CONF", {}, modules => []);
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        underscores_in_headers on;
        ignore_invalid_headers off;
        location = /open     { @{[ to('open') ]} }
        location = /twice    { mirror /open; @{[ to('page') ]} }
        location = /fastcgi  { @{[ to_fastcgi('open') ]} }
        location = /mcp      { proxy_set_header X-User alice; proxy_set_header X-Other bob; @{[ to('mcp') ]} }
        location = /basic    { proxy_set_header Authorization ""; @{[ to('open') ]} }
        location = /any      { @{[ to('any') ]} }
        location = /refuses  { return 401; }
        location = /redirect { return 301 /; }
    }
CONF
sub seen ($protocol, $path, %request) { return outcome($nginx, $protocol, '200 open', $path, headers => \@forged, %request) }

for my $protocol ('HTTP/1.1', 'HTTP/2') {
    is seen($protocol, '/open'), '200 open+everything', "$protocol: everything arrives, and is noticed";
    is seen($protocol, '/fastcgi', token => 'a.b.c'), '200 open+everything', "$protocol: FastCGI: everything arrives, and is noticed";
    is seen($protocol, '/open', headers => ['X_User: forged']), '200 open+everything', "$protocol: one header, too";
    is seen($protocol, '/open', headers => ['X-User: alice']), '200 open=alice', "$protocol: an identity that nobody gave";
    is seen($protocol, '/open', headers => ['X-User: alice'], is_good => 1), '200 open', "$protocol: one that may be known";
    is seen($protocol, '/open', headers => ['X-User: alice', 'X_User: alice'], is_good => 1), '200 open=alice,alice', "$protocol: but once";
    is seen($protocol, '/open', token => 'a.b.c', headers => []), '200 open+everything', "$protocol: a token alone is noticed";
    is seen($protocol, '/basic', token => 'a.b.c'), '200 open' . join('', map { "+$_" } sort keys %{ { map { lc s/:.*//r => 1 } @forged } }), "$protocol: all but the token";
    like seen($protocol, '/mcp'), qr/\A200 mcp=alice~bob\+proxy-authorization\+.*x_user\z/, "$protocol: what was given, beside what was forged";
    is seen($protocol, '/mcp', headers => ['X-Foreign: 1']), '200 mcp=alice~bob', "$protocol: what was given, alone";
    is seen($protocol, '/any'), '200 any', "$protocol: nothing is said of \"any\"";
    is seen($protocol, '/open?token=forged', headers => []), '200 open+query', "$protocol: a query is noticed";
    is outcome($nginx, $protocol, '200 open page', '/twice', headers => ['X-Foreign: 1']), '200 open page', "$protocol: two backends";
    for my $body ('x', $large) {
        is seen($protocol, $_, method => 'POST', body => $body, headers => []), '200 open(body)', "$protocol: $_: a body of " . length $body for qw(/open /fastcgi);
        is outcome($nginx, $protocol, '401', '/refuses', method => 'POST', body => $body), '401', "$protocol: a refusal before the body was read";
    }
    is outcome($nginx, $protocol, '301', '/redirect', method => 'HEAD'), '301', "$protocol: HEAD, and a status in digits";
}
is fold($_), 'x_user', "$_ is X-User to a program" for 'X-User', 'x_USER', 'X.User', 'HTTP_X_USER', 'X~User';
isnt fold($_), 'x_user', "$_ is not" for 'XUser', 'X--User', 'X-User-';
is scalar(new_requests(0)), 0, 'all requests were counted';

finish();
