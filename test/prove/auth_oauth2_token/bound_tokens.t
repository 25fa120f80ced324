# A token that is bound to its client's key (RFC 9449 section 7.1, RFC 8705 section 3) and comes as a plain Bearer token
# may be stolen: it is refused, whoever says so, the authorization server or the token itself.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $as_port = $as->port;
$as->answer('/token', body => to_json({ access_token => 'issued', token_type => 'Bearer', expires_in => 60,
    issued_token_type => 'urn:ietf:params:oauth:token-type:access_token' }));
$as->answer('/backend', body => 'hello');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        auth_oauth2_token_token_endpoint /_as/token;
        location /plain     { auth_oauth2_token_introspect on; %%OK%% }
        location /preaccess { auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; %%OK%% }
        location /cached    { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_cache zone=one:1m; %%OK%% }
        location /both      { auth_oauth2_token_introspect on; auth_oauth2_token_exchange on; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /exchange  { auth_oauth2_token_exchange on; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /exchange/cached { auth_oauth2_token_exchange on; auth_oauth2_token_exchange_cache zone=two:1m; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /_as/      { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
sub asked ($path = '/introspect') { return scalar(() = $as->requests($path)) }

my $number = 0;
sub new_token () { return 'opaque-' . ++$number }
my @introspecting = qw(/plain /preaccess /cached /both);

my %bound = (
    'token_type DPoP'               => { token_type => 'DPoP' },
    'token_type in small letters'   => { token_type => 'dpop' },
    'cnf with jkt'                  => { token_type => 'Bearer', cnf => { jkt => 'thumbprint' } },
    'cnf of mutual TLS'             => { token_type => 'Bearer', cnf => { 'x5t#S256' => 'thumbprint' } },
    'cnf of a kind nobody knows'    => { cnf => {} },
    'cnf that is no object'         => { cnf => 'x' },
);
for my $name (sort keys %bound) {
    $as->answer('/introspect', body => to_json({ active => \1, sub => 'alice', %{ $bound{$name} } }));
    $nginx->refuses("$name: $_", path => $_, token => new_token(), reason => qr/token_sender_constrained/, challenge => qr/\ABearer error="invalid_token"\z/)
        for @introspecting;
}
is asked('/token'), 0, 'nothing of that is exchanged';
is asked('/backend'), 0, 'or passed on';

my ($token, $before) = (new_token(), asked());
$nginx->refuses("from the cache: the $_ time", path => '/cached', token => $token, reason => qr/token_sender_constrained/) for qw(first second third);
is asked(), $before + 1, 'from the cache: the authorization server is asked once';

# --- what the token says of itself ---------------------------------------------------------------------------------------

$as->answer('/introspect', body => '{"active":true}');
my $bound_jwt = mint('p256', claims(cnf => { jkt => 'thumbprint' }));
$before = asked();
$nginx->refuses("a JWT with cnf, of which the answer says nothing: $_", path => $_, token => $bound_jwt, reason => qr/token_sender_constrained/) for @introspecting;
is asked(), $before, 'nobody is asked about it';
$nginx->refuses("a JWT with cnf that would only be exchanged: $_", path => $_, token => $bound_jwt, reason => qr/token_sender_constrained/) for qw(/exchange /exchange/cached);
is asked('/token'), 0, 'it is not exchanged';

# --- what passes ----------------------------------------------------------------------------------------------------------

my %plain = (
    'token_type Bearer' => '{"active":true,"token_type":"Bearer"}',
    'no token_type'     => '{"active":true}',
    'another type'      => '{"active":true,"token_type":"access_token"}',
    'cnf null'          => '{"active":true,"cnf":null,"token_type":null}',
);
for my $name (sort keys %plain) {
    $as->answer('/introspect', body => $plain{$name});
    is $nginx->get($_, token => new_token())->status, 200, "$name: $_ passes" for @introspecting;
}
for my $path (qw(/exchange /exchange/cached)) {
    is $nginx->get($path, token => $_)->status, 200, "$path: exchanged" for new_token(), mint('p256'), 'two.dots.inside', mint('p256', '{"cnf":null}');
}

finish();
