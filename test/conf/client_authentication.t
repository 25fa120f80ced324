# What nginx -t says about how we authenticate to an authorization server: in mcp_introspection, and in the directives of
# auth_oauth2_token. A key that is missing, that nobody can use, or that belongs to another certificate is told at the
# start, and so is what has no effect.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my $made = File::Temp->newdir;
sub openssl (@arguments) { return system("openssl @arguments >$made/log 2>&1") == 0 || die TestNginx::Report::slurp("$made/log") }
openssl(qw(req -x509 -subj /CN=x -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes), '-keyout', "$made/key", '-out', "$made/crt");
openssl(qw(ec -aes128 -passout pass:x), '-in', "$made/key", '-out', "$made/locked");
openssl(qw(req -new -subj /CN=x), '-key', "$made/key", '-out', "$made/csr");
openssl(qw(x509 -req -days -1), '-in', "$made/csr", '-signkey', "$made/key", '-out', "$made/old");
my $jwk   = { %{ private_jwk('p256') }, alg => 'ES256' };
my %files = (
    (map { ($_ => TestNginx::Report::slurp("$made/$_")) } qw(key crt locked old)),
    secret => "shh\n", other => private_pem('p256'), rsa => private_pem('rsa'), weak => private_pem('rsa_weak'), public => public_pem('p256'),
    jwk => to_json($jwk), half => to_json({ %$jwk, d => undef }), mixed => to_json({ %$jwk, d => private_jwk('p256_other')->{d} }),
    enc => to_json({ %$jwk, use => 'enc' }), broken => '{"kty":', empty => '', set => to_json({ keys => [$jwk] }),
);

# `what`: passes or fails, and every message but those about the mode of the test's files.
sub check ($name, $conf, $what, @messages) {
    my ($passed, @lines) = nginx_t($conf, \%files);
    return is_deeply [$passed ? 'passes' : 'fails', grep { !/every user of this machine can read/ } @lines], [$what, @messages], $name;
}

# Of a private key, what is wrong and how it is told.
my @bad_keys = (
    [absent => 'cannot read "%%TESTDIR%%/absent": No such file or directory'],
    map { [$_->[0] => qq(the key in "%%TESTDIR%%/$_->[0]" cannot be used: $_->[1])] }
        [empty  => 'it is no private key in PEM form and no JWK, or it is encrypted'],
        [public => 'it is no private key in PEM form and no JWK, or it is encrypted'],
        [locked => 'it is no private key in PEM form and no JWK, or it is encrypted'],
        [crt    => 'it is no private key in PEM form and no JWK, or it is encrypted'],
        [weak   => 'the RSA modulus of the key is shorter than 2048 bits or longer than 16384'],
        [half   => 'a member of the JWK is missing, wrong, or belongs to another key; a private key is needed'],
        [mixed  => 'a member of the JWK is missing, wrong, or belongs to another key; a private key is needed'],
        [enc    => 'the key is not for signatures'],
        [set    => 'the type of the key is not supported'],
        [broken => 'the document is not JSON'],
);
my $methods = 'it must be "client_secret_basic", "client_secret_post", "private_key_jwt" or "tls_client_auth"';

# --- mcp_introspection ----------------------------------------------------------------------------------------------------

my $url = 'https://as.example.com/introspect';
sub native ($arguments, $servers = 'https://as.example.com') {
    return "mcp_zone mcp 1m; server { listen 127.0.0.1:%%PORT%%; location /mcp { mcp_resource https://mcp.example.com/mcp; "
        . "mcp_authorization_server $servers; mcp_introspection $arguments; } }";
}
sub bad ($arguments, $message) { return check($arguments, native("$url client_id=a $arguments"), 'fails', qq([emerg] "mcp_introspection" directive: $message)) }
sub fine ($arguments, @warnings) { return check("fine: $arguments", native("$url client_id=a $arguments"), 'passes', @warnings) }

my $way  = 'client_authentication';
my $jwt  = "$way=private_key_jwt";
my $mtls = "$way=tls_client_auth";
fine($_) for "client_secret_file=secret $way=client_secret_basic", "$way=client_secret_post client_secret_file=secret", "$jwt client_key_file=other", "$jwt client_key_file=jwk",
    "$jwt client_key_file=rsa assertion_algorithm=PS384 assertion_key_id=x assertion_audience=y", "$mtls client_certificate_file=crt client_key_file=key";
fine("$mtls client_certificate_file=old client_key_file=key", '[warn] "mcp_introspection" directive: the certificate in "%%TESTDIR%%/old" has expired');

bad("$way=$_", qq(invalid client authentication "$_", $methods)) for '', 'none', 'client_secret_jwt', 'PRIVATE_KEY_JWT';
bad("$way=client_secret_post", qq("$way=client_secret_post" needs "client_secret_file=..."));
bad($jwt, qq("$jwt" needs "client_key_file=..."));
bad($mtls, qq("$mtls" needs "client_key_file=..."));
bad("$mtls client_key_file=key", qq("$mtls" needs "client_certificate_file=..."));

bad("$jwt client_key_file=other client_secret_file=secret", qq("client_secret_file=..." has no effect with "$jwt"; leave it out));
bad("$jwt client_key_file=key client_certificate_file=crt", qq("client_certificate_file=..." has no effect with "$jwt"; leave it out));
bad("$way=client_secret_post client_secret_file=secret client_key_file=key", qq("client_key_file=..." has no effect with "$way=client_secret_post"; leave it out));
bad("$mtls client_key_file=key client_certificate_file=crt $_=RS256", qq("$_=..." has no effect with "$mtls"; leave it out)) for qw(assertion_audience assertion_key_id assertion_algorithm);
bad("$_ client_key_file=key", qq("client_key_file=..." has no effect without "$way=...", which says what it is for: "private_key_jwt" or "tls_client_auth")) for '', 'client_secret_file=secret';

bad("$jwt client_key_file=$_->[0]", $_->[1]) for @bad_keys;
bad("$jwt client_key_file=$_->[0] assertion_algorithm=$_->[1]", qq(the key in "%%TESTDIR%%/$_->[0]" cannot be used: the algorithm of the key does not belong to its type))
    for [qw(rsa ES256)], [qw(other RS256)], [qw(jwk ES384)];
bad("$jwt client_key_file=rsa assertion_algorithm=$_", qq(invalid algorithm "$_", it must be one of a private key, like "RS256", "PS256", "ES256" or "EdDSA")) for qw(HS256 none rs256);

my $pair = sub ($certificate, $key) { qq(the certificate in "%%TESTDIR%%/$certificate" and the key in "%%TESTDIR%%/$key" cannot be used) };
bad("$mtls client_certificate_file=crt client_key_file=other", $pair->('crt', 'other') . ': its first certificate belongs to another key');
bad("$mtls client_certificate_file=crt client_key_file=locked", $pair->('crt', 'locked') . ': its key is no private key in PEM form, or is encrypted');
bad("$mtls client_certificate_file=crt client_key_file=jwk", $pair->('crt', 'jwk') . ': its key is no private key in PEM form, or is encrypted');
bad("$mtls client_certificate_file=key client_key_file=key", $pair->('key', 'key') . ': it has no certificate in PEM form');
bad("$mtls client_certificate_file=absent client_key_file=key", 'cannot read "%%TESTDIR%%/absent": No such file or directory');
check('a certificate over plain http', native("http://as.example.com/x client_id=a $mtls client_certificate_file=crt client_key_file=key"), 'fails',
    qq([emerg] "mcp_introspection" directive: "$mtls" needs an https URL, "http://as.example.com/x" is none));

my $two = 'https://as.example.com https://other.example.com';
check('an assertion is for one authorization server', native("$url client_id=a $jwt client_key_file=other", $two), 'fails',
    '[emerg] "mcp_introspection" directive: several "mcp_authorization_server" are set: name the one that is asked in "assertion_audience=..." or "issuer=..."');
check("or says for whom: $_", native("$url client_id=a $jwt client_key_file=other $_", $two), 'passes') for 'issuer=x', 'assertion_audience=x';

# --- auth_oauth2_token ----------------------------------------------------------------------------------------------------

my $directive = 'auth_oauth2_token_client_authentication';
my $key_file  = 'auth_oauth2_token_client_key_file';
sub dropin ($http) {
    return "auth_oauth2_token_client_id a; $http server { listen 127.0.0.1:%%PORT%%; location / { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as; } location = /_as { internal; } }";
}
sub bad_http ($http, $message, $named = $directive) { return check($http, dropin("$http;"), 'fails', qq([emerg] "$named" directive: $message)) }

check("fine: $_", dropin("$_;"), 'passes') for "auth_oauth2_token_client_secret_file secret; $directive client_secret_basic", "$directive client_secret_post; auth_oauth2_token_client_secret shh",
    "$directive private_key_jwt audience=https://as.example.com; $key_file other", "$key_file rsa algorithm=PS256 key_id=x; $directive private_key_jwt audience=y", "$directive tls_client_auth; proxy_ssl_session_reuse off";
check('TLS sessions that know another certificate', dropin("$directive tls_client_auth;"), 'passes', qq([warn] "auth_oauth2_token_introspect_endpoint" directive: location = "/_as" shows a certificate: write "proxy_ssl_session_reuse off" in it; else nginx may resume the TLS session of another location, and be known by the certificate of that one));

bad_http("$directive none", qq(invalid client authentication "none", $methods));
bad_http("$directive client_secret_post", qq("$directive client_secret_post" needs "auth_oauth2_token_client_secret_file ..."));
bad_http("$directive private_key_jwt audience=x", qq("$directive private_key_jwt" needs "$key_file ..."));
bad_http("$directive private_key_jwt; $key_file other", '"private_key_jwt" needs "audience=...", the issuer of the authorization server or what it takes instead');
bad_http("$directive tls_client_auth; auth_oauth2_token_client_secret shh", qq("auth_oauth2_token_client_secret_file ..." has no effect with "$directive tls_client_auth"; leave it out));
bad_http("$directive tls_client_auth; $key_file key", qq("$key_file ..." has no effect with "$directive tls_client_auth"; leave it out));
bad_http("$directive client_secret_post audience=x; auth_oauth2_token_client_secret shh", qq("audience=..." has no effect with "$directive client_secret_post"; leave it out));
bad_http("$key_file other", qq("$key_file ..." has no effect without "$directive ...", which says what it is for: "private_key_jwt"));
bad_http("$directive private_key_jwt $_->[0]", qq(invalid parameter "$_->[1]", it must be like "audience=https://auth.example.com")) for ['hunter2', 'hunter2'], ['audience=', 'audience=...'], ['aud=x', 'aud=...'];
bad_http("$key_file $_->[0]", $_->[1], $key_file) for ['absent', 'cannot read "%%TESTDIR%%/absent": No such file or directory'],
    ['other algorithm=HS256', 'invalid algorithm "HS256", it must be one of a private key, like "RS256", "PS256", "ES256" or "EdDSA"'],
    ['other kid=x', 'invalid parameter "kid=...", it must be "key_id=" or "algorithm=" and a value'];
bad_http("$directive private_key_jwt audience=x; $key_file $_->[0]", $_->[1]) for grep { $_->[0] ne 'absent' } @bad_keys;
check('twice', dropin("$directive tls_client_auth; $directive tls_client_auth;"), 'fails', qq([emerg] "$directive" directive is duplicate));
check('none of it', dropin(''), 'fails', '[emerg] "auth_oauth2_token_introspect" directive: it needs "auth_oauth2_token_client_secret_file" or "auth_oauth2_token_client_secret"');

finish();
