# What real authorization servers write: null for what they do not have, one odd key among good ones, numbers beyond 64 bits.
# It spoils nothing that nobody looks at; and what somebody does look at is never taken for something else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as = run_origin();
my $backend = run_origin();
my $base = 'http://127.0.0.1:' . $as->port;
sub key ($name, $more = '') { return to_json(jwk($name)) =~ s/\}\z/$more}/r }
sub set (@keys) { return '{"keys":[' . join(',', @keys) . ']}' }
$as->answer('/jwks', body => set(key('rsa', ',"n":"AQAB"'), key('p384', ',"x":1e400') =~ s/"x":"[^"]*",//r, key('p256', ',"use":null')));
$as->answer('/introspect', body => qq({"active":true,"aud":"$resource","big":18446744073709551616}),
    when => [['late', { body => qq({"active":true,"aud":"$resource","nbf":18446744073709551616}) }]]);
$backend->answer('/', body => 'backend');
my $proxy = 'proxy_pass http://127.0.0.1:' . $backend->port . ';';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), secret => "a-secret-of-ours\n", 'many.json' => set((to_json(jwk('p256_other', kid => undef))) x 8, to_json(jwk('p256', kid => undef))) });
    mcp_authorization_server https://as.example.com;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp    { mcp_resource $resource; mcp_jwks jwks.json; mcp_claim_header X-Big big; mcp_claim_header X-User sub; $proxy }
        location /url    { mcp_resource https://mcp.example.com/url; mcp_audience $resource; mcp_jwks $base/jwks; %%OK%% }
        location /many   { mcp_resource https://mcp.example.com/many; mcp_audience $resource; mcp_jwks many.json; %%OK%% }
        location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_audience $resource; mcp_introspection $base/introspect client_id=gateway client_secret_file=secret; %%OK%% }
    }
CONF
$nginx->keep_out_of_log('a-secret-of-ours');
$nginx->passes_after('/mcp', token => access_token());
sub odd ($more) { return mint('p256', to_json(claims(aud => $resource)) =~ s/\}\z/$more}/r) }
my $big = '18446744073709551616';

is $nginx->get('/mcp', token => odd(',"nbf":null,"iat":null,"cnf":null'))->status, 200, 'claims may be null';
is $nginx->get('/mcp', token => mint('p256', claims(aud => $resource), header => '{"alg":"ES256","kid":null,"typ":null}'))->status, 200, 'so may kid and typ';
is $nginx->get('/mcp', token => mint('p256', claims(aud => [undef, $resource, undef])))->status, 200, 'and what stands in aud beside ours';

is $nginx->get('/mcp', token => odd(qq(,"big":$big,"x":{"y":[-1e400]})))->status, 200, 'a number beyond 64 bits passes where nobody looks';
wait_for(5, sub { $backend->requests });
is TestNginx::Origin::header(($backend->requests)[-1], 'X-Big'), $big, 'where it is handed on, it has the digits that came';
$nginx->refuses("$_ of it is no time", path => '/mcp', token => odd(qq(,"$_":$big)), reason => qr/\(\w+\): time_claim_invalid: a time claim of the token is not a valid date: $_ is $big, and must be a number of seconds/) for qw(nbf iat);
is $nginx->get('/opaque', token => 'opaque-token')->status, 200, 'it passes in an answer about the token, too';
$nginx->refuses('where it is no time either', path => '/opaque', token => 'opaque-late-token', status => 503, reason => qr/answer_claim_invalid/);

is $nginx->get('/url', token => mint('p256', claims(aud => $resource)))->status, 200, 'odd keys behind a URL: the other one counts';
$nginx->refuses('a key with a member twice verifies nothing, and the log says why', path => '/url', token => mint('rsa', claims(aud => $resource)),
    reason => qr/key_not_found: .*: kid is "rsa", alg is "RS256"; key 1 \(kid "rsa"\) is left out: an object has two members of one name, client/);
$nginx->refuses('nor does one with a number beyond 64 bits', path => '/url', token => mint('p384', claims(aud => $resource)),
    reason => qr/key 2 \(kid "p384"\) is left out: a number is beyond 64 bits/);
$nginx->refuses('a ninth key without kid is not tried, and the reason says so', path => '/many', token => access_token(), reason => qr/too_many_candidate_keys: .*; 8 were tried/);

# In a file that is read again, the log says it.
$nginx->write_file('jwks.json', set(key('rsa', ',"kty":"RSA"'), key('p256')));
ok wait_for(5, sub { $nginx->get('/mcp', token => access_token()); $nginx->log =~ /jwks\.json" was read again/ }), 'a file with an odd key is read again';
like $nginx->log, qr/\[warn\].*jwks\.json": key 1 \(kid "rsa"\) is left out: an object has two members of one name/, 'the log says which key is left out, and why';

finish();
