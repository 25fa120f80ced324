# What the authorization server is sent (RFC 7662 section 2.1): a form, our credentials, and nothing of the client's.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/introspect', body => '{"active":true,"sub":"alice"}');
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id "gate way:1";
    auth_oauth2_token_client_secret "s%c&r/t";
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint /_introspect;
        client_max_body_size 10m;
        location / { %%OK%% error_page 405 =200 /ok; }
        location /early { auth_oauth2_token_phase preaccess; %%OK%% error_page 405 =200 /ok; }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
    }
CONF

my @noise = (
    'Cookie: session=abc', 'Range: bytes=0-3', 'If-Range: "x"', 'If-Match: "x"', 'If-None-Match: "x"',
    'If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT', 'If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT',
    'Accept-Encoding: gzip, br', 'Accept: text/event-stream', 'Content-Type: application/json', 'TE: trailers',
    'Upgrade: websocket', 'X-Forwarded-For: 10.0.0.1', 'Proxy-Authorization: Basic eDp5', 'Mcp-Session-Id: 1',
);

sub asked () { return ($as->requests('/introspect'))[-1] }

sub check_request ($name, $token_in_form) {
    my $request = asked();
    is $request->{method}, 'POST', "$name: POST";
    is $request->{body}, "token=$token_in_form&token_type_hint=access_token", "$name: the form";
    my %headers = map { lc $_->[0] => $_->[1] } @{ $request->{headers} };
    is scalar(keys %headers), scalar @{ $request->{headers} }, "$name: no header twice";
    delete $headers{host};
    is_deeply \%headers, {
        connection       => 'close',
        accept           => 'application/json',
        # RFC 6749 section 2.3.1: base64 of "gate+way%3A1:s%25c%26r%2Ft"
        authorization    => 'Basic Z2F0ZSt3YXklM0ExOnMlMjVjJTI2ciUyRnQ=',
        'content-type'   => 'application/x-www-form-urlencoded',
        'content-length' => length $request->{body},
    }, "$name: these headers and no others";
    return;
}

# Its If-Match makes nginx say 412, after it has passed.
is $nginx->get('/ok', token => 'abc.-_~+/123==', headers => \@noise)->status, 412, 'a GET with many headers passes';
check_request('GET', 'abc.-_%7E%2B%2F123%3D%3D');

for my $path (qw(/ok /early/ok)) {
    $nginx->get($path, token => "token-of-a-post", method => 'POST', body => 'x' x 100_000, headers => \@noise);
    check_request("POST with a body to $path", 'token-of-a-post');
}

my $chunked = "POST /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer token-of-chunks\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
$nginx->get('/ok', raw => $chunked);
check_request('POST in chunks', 'token-of-chunks');

my @expect = $nginx->send('/ok', token => 'token-of-expect', method => 'POST', body => 'abc', headers => ['Expect: 100-continue']);
check_request('Expect: 100-continue', 'token-of-expect');
isnt $expect[-1]->status, 417, 'the expectation is for the request itself';

is $nginx->get_http2('/ok', token => 'token-of-http2', port => 'PORT_H2', headers => \@noise)->status, 412, 'HTTP/2 passes';
check_request('HTTP/2', 'token-of-http2');

is $nginx->get('/_introspect', token => 'token-from-outside')->status, 404, 'the endpoint is not there for clients';

finish();
