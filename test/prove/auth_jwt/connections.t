# One connection, many requests: what one token proved counts for no other. HTTP/2, pipelining, HTTP/1.0.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/slow', body => jwks('p256'), delay => 0.1);
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    auth_jwt "site";
    add_header X-Sub \$jwt_claim_sub always;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /file    { auth_jwt_key_file jwks.json; %%OK%% }
        location /request { auth_jwt_key_request /_as; %%OK%% }
        location /proxied { auth_jwt_key_request /_slow; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location = /_slow { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/slow; }
        location = /_as   { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; auth_jwt off; return 200; }
CONF
my $token  = mint('p256', claims(sub => 'alice'));
my $second = mint('p256', claims(sub => 'bob'));
my $other  = mint('p256', claims(sub => 'carol'), header => { typ => undef });    # not watched: nginx logs what it refuses
my $forged = mint('p256_other', claims(sub => 'eve'), header => { kid => 'p256' });

is join(' ', map { $_->status } $nginx->get_in_turn(map { ['/proxied', token => $_] } $token, $token, $forged, $second)), '200 200 401 200',
    'each request of a kept connection waits for its keys';

for my $path (qw(/file /request)) {
    my $bytes = join '', map { $nginx->request_bytes($path, connection => 'keep-alive', $_ ? (token => $_) : ()) } $token, $forged, undef, $second;
    my @responses = $nginx->send('', raw => $bytes . $nginx->request_bytes($path, token => $token));
    is join(' ', map { $_->status . ':' . ($_->header('X-Sub') // '') } @responses), '200:alice 401: 401: 200:bob 200:alice',
        "SPEC 9: $path: each of five pipelined requests is judged by itself";

    my $post = $nginx->request_bytes($path, connection => 'keep-alive', method => 'POST', body => 'x' x 100_000);
    @responses = $nginx->send('', raw => $post . $nginx->request_bytes($path, token => $token));
    is join(' ', map { $_->status } @responses), '401 200', "$path: the body of a refused request is not taken for the next one";

    is $nginx->get_http2($path, token => $token, port => 'PORT_H2')->status, 200, "$path: HTTP/2: a good token passes";
    is $nginx->get_http2($path, token => $forged, port => 'PORT_H2')->status, 401, "$path: HTTP/2: a forged token is refused";
    my $bare = $nginx->get_http2($path, port => 'PORT_H2');
    is join(' ', $bare->status, $bare->headers('WWW-Authenticate')), '401 Bearer realm="site"', "$path: HTTP/2: no token gets one challenge";
    my @twice = ("Authorization: Bearer $other") x 2;
    is $nginx->get_http2($path, headers => \@twice, port => 'PORT_H2')->status, 400, "SPEC 67: $path: HTTP/2: two tokens are a bad request";
    my $old = $nginx->get($path, raw => "GET $path HTTP/1.0\r\nAuthorization: Bearer $token\r\n\r\n");
    is $old->status, 200, "$path: HTTP/1.0 passes";
    for my $method (qw(GET HEAD POST PUT DELETE OPTIONS PATCH)) {
        is $nginx->get($path, method => $method)->status, 401, "SPEC 28: $path: $method without a token is refused";
        is $nginx->get($path, method => $method, token => $forged)->status, 401, "SPEC 28: $path: $method with a forged token is refused";
    }
}

my @mixed = map { ['/request', token => $_ % 2 ? $token : $forged] } 1 .. 20;
is join(' ', map { $_->status } $nginx->get_at_once(@mixed)), join(' ', map { $_ % 2 ? 200 : 401 } 1 .. 20), 'overlapping requests do not mix';

finish();
