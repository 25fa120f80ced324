# Token exchange (RFC 8693): the backend gets a token of its own, and never the one of the client (SPEC 13).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
my %issued = (access_token => 'new-token', token_type => 'Bearer', expires_in => 60, issued_token_type => 'urn:ietf:params:oauth:token-type:access_token');
$as->answer('/introspect', body => '{"active":true}');
$as->answer('/token', body => to_json(\%issued));
$as->answer($_, body => 'hello') for qw(/backend /named /refused /native);
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    auth_oauth2_token_client_id "gate way";
    auth_oauth2_token_client_secret secret;
    map \$http_authorization \$seen { default \$http_authorization; }
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        auth_oauth2_token_exchange on;
        auth_oauth2_token_token_endpoint /_as/token;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        auth_oauth2_token_audience https://backend/?a=b;
        auth_oauth2_token_scope "one two";
        location /only   { proxy_pass http://127.0.0.1:$as_port/backend; }
        location /both   { auth_oauth2_token_introspect on; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /early  { auth_oauth2_token_phase preaccess; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /bare   { auth_oauth2_token_audience ""; auth_oauth2_token_scope ""; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /varied { auth_oauth2_token_audience \$http_x_audience; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /show   { if (\$http_authorization) { set \$unused 1; }
                           add_header X-New "\$oauth2_token_new_token \$oauth2_token_new_token_type \$http_authorization";
                           proxy_set_header X-Authorization \$http_authorization; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /off    { auth_oauth2_token_exchange off; add_header X-New "\$oauth2_token_new_token"; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /named  { try_files /none \@backend; }
        location \@backend { proxy_pass http://127.0.0.1:$as_port; }
        location /refused { error_page 401 502 503 \@fallback; proxy_pass http://127.0.0.1:$as_port/backend; }
        location \@fallback { auth_oauth2_token_exchange off; proxy_pass http://127.0.0.1:$as_port; }
        location /asks   { auth_oauth2_token_exchange off; auth_request /asked; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /native { mcp_resource https://mcp.example.com/mcp; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json; error_page 403 = \@fallback; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /asked  { internal; auth_oauth2_token_phase preaccess; proxy_pass http://127.0.0.1:$as_port/hello; }
        location /_as/   { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF

sub last_request ($path) { return ($as->requests($path))[-1] }
sub authorization ($path = '/backend') { return TestNginx::Origin::header(last_request($path), 'Authorization') }

# The client's token must be nowhere in what the backend got.
sub is_hidden ($name, $token, $path = '/backend') {
    unlike to_json(last_request($path)), qr/\Q$token\E/, "$name: the backend sees nothing of the client's token";
    return;
}

is $nginx->get('/only', token => 'tok+en/~1')->status, 200, 'exchange alone';
is authorization(), 'Bearer new-token', 'the backend gets the new token';
is_hidden('exchange alone', 'tok+en/~1');
my $request = last_request('/token');
is $request->{method}, 'POST', 'the request is a POST';
is $request->{body}, 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=tok%2Ben%2F%7E1'
    . '&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&audience=https%3A%2F%2Fbackend%2F%3Fa%3Db&scope=one+two', 'with this form';
is TestNginx::Origin::header($request, 'Authorization'), 'Basic Z2F0ZSt3YXk6c2VjcmV0', 'and our credentials';

my $own = mint('p256', claims(aud => 'https://mcp.example.com/mcp'));
is $nginx->get('/native', token => $own)->status, 200, 'exchange in a location of mcp_resource';
is authorization(), 'Bearer new-token', 'which takes away the client\'s token, and not the new one';
is_hidden('mcp_resource', $own);
is $nginx->get('/native', token => $own, headers => ['Origin: https://evil.example.com'])->status, 200, 'refused there, after the exchange';
is authorization('/native'), undef, 'nothing goes on';
$as->answer('/hello', body => 'hello');
is $nginx->get('/asks', token => 'own')->status, 200, 'exchange in a subrequest';
is authorization('/hello'), 'Bearer new-token', 'gives that its own token';
is authorization(), 'Bearer own', 'and changes no header of the request that it is a part of';
my @many = map { "X-Filler-$_: $_" } 1 .. 40;
is $nginx->get('/asks', token => 'own', headers => \@many)->status, 200, 'also among many headers';
is join(' ', authorization('/hello'), authorization()), 'Bearer new-token Bearer own', 'each has its own';
is scalar(grep { $_->[0] =~ /^X-Filler/ } @{ last_request('/backend')->{headers} }), 40, 'and all the others';

for my $path (qw(/both /early /named)) {
    my $backend = $path eq '/named' ? $path : '/backend';
    is $nginx->get($path, token => "token-for$path" =~ tr{/}{-}r, method => 'POST', body => 'content')->status, 200, "$path passes";
    is authorization($backend), 'Bearer new-token', "$path: the backend gets the new token";
    is last_request($backend)->{body}, 'content', "$path: and the client's body";
    is_hidden($path, 'token-for', $backend);
}
is $nginx->get_http2('/only', token => 'token-by-http2', port => 'PORT_H2')->status, 200, 'HTTP/2';
is authorization(), 'Bearer new-token', 'HTTP/2: the backend gets the new token';
$nginx->get('/bare', token => 'a-token');
unlike last_request('/token')->{body}, qr/audience|scope/, 'an empty audience or scope is not sent';
$nginx->get('/varied', token => 'a-token', headers => ['X-Audience: a&b']);
like last_request('/token')->{body}, qr/&audience=a%26b&/, 'the audience may hold variables';

my $shown = $nginx->get('/show', token => 'token-to-be-hidden');
is $shown->header('X-New'), 'new-token Bearer Bearer new-token', 'the variables have the new token';
is TestNginx::Origin::header(last_request('/backend'), 'X-Authorization'), 'Bearer new-token', 'also where the header had been looked at before';
is_hidden('variables', 'token-to-be-hidden');
is $nginx->get('/off', token => 'a-token')->header('X-New'), undef, 'off: no new token';
is authorization(), 'Bearer a-token', 'off: the request is left alone';

# Whatever goes wrong, the token stays here: error pages of another backend do not get it.
$as->answer('/token', status => 500);
is $nginx->get('/refused', token => 'token-that-fails')->status, 503, 'a failed exchange leads to the error page';
is authorization('/refused'), undef, 'which sees no token';
is_hidden('error page', 'token-that-fails', '/refused');
$nginx->get('/refused', headers => ['Authorization: Bearer token that is malformed']);
is_hidden('malformed', 'malformed', '/refused');

finish();
