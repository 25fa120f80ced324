# How nginx shows the authorization server who it is (mcp_introspection ... client_authentication=): by a secret in the
# form, by an assertion that it signs (RFC 7523), or by a certificate (RFC 8705). What proves it is in no log, and no
# certificate is ever shown for another client.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Crypt::PK::ECC;
use Crypt::PK::RSA;
use TestNginx;
use TestNginx::Mcp;

my $made = File::Temp->newdir;
sub openssl (@arguments) {
    return system("openssl @arguments >$made/log 2>&1") == 0 || die TestNginx::Report::slurp("$made/log");
}
my @new_key = qw(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes);
openssl(qw(req -x509), @new_key, qw(-days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1), '-keyout', "$made/server.key", '-out', "$made/server.crt");
openssl(qw(req -x509), @new_key, qw(-days 2 -subj /CN=authority), '-keyout', "$made/authority.key", '-out', "$made/authority.crt");
for my $name (qw(one two)) {
    openssl('req', @new_key, '-subj', "/CN=client-$name", '-keyout', "$made/$name.key", '-out', "$made/$name.csr");
    openssl(qw(x509 -req -days 2 -CAcreateserial), '-in', "$made/$name.csr", '-CA', "$made/authority.crt", '-CAkey', "$made/authority.key", '-out', "$made/$name.crt");
}
my %files = map { ($_ => TestNginx::Report::slurp("$made/$_")) } qw(server.key server.crt authority.crt one.key one.crt two.key two.crt);

my $jwk    = { %{ private_jwk('p256') }, kid => 'the key of the JWK' };
my $as     = run_origin();
my $port   = $as->port;
my $issuer = 'https://as.example.com';
my $secret = 'secret-%&-of-the-gateway';
my $asks   = "mcp_introspection http://127.0.0.1:$port/introspect client_id=gate:way";
my $tls    = 'mcp_introspection https://127.0.0.1:%%PORT_AS%%/introspect';
my $kept   = 'mcp_introspection http://127.0.0.1:%%PORT_KEPT%%/introspect client_id=gate:way';
my $way    = 'client_authentication';
sub resource_at ($path, $rest) { "location $path { mcp_resource https://mcp.example.com$path; mcp_audience $resource; $rest; %%OK%% }" }
my $nginx  = run_nginx(<<"CONF", { %files, secret => "$secret\n", 'ec.pem' => private_pem('p256'), 'rsa.pem' => private_pem('rsa'), 'key.jwk' => to_json($jwk) });
    mcp_ssl_trusted_certificate server.crt;
    mcp_authorization_server $issuer;
    server {
        listen 127.0.0.1:%%PORT%%;
        @{[ resource_at('/basic', "$asks client_secret_file=secret $way=client_secret_basic") ]}
        @{[ resource_at('/post',  "$asks client_secret_file=secret $way=client_secret_post") ]}
        @{[ resource_at('/pem',   "$asks client_key_file=ec.pem $way=private_key_jwt") ]}
        @{[ resource_at('/jwk',   "$asks client_key_file=key.jwk $way=private_key_jwt issuer=https://issuer.example.com") ]}
        @{[ resource_at('/rsa',   "$asks client_key_file=rsa.pem $way=private_key_jwt") ]}
        @{[ resource_at('/ps',    "$asks client_key_file=rsa.pem $way=private_key_jwt assertion_algorithm=PS256 assertion_key_id=a-kid assertion_audience=https://as.example.com/token") ]}
        @{[ resource_at('/kept/basic', "$kept client_secret_file=secret") ]}
        @{[ resource_at('/kept/jwt',   "$kept client_key_file=ec.pem $way=private_key_jwt") ]}
        @{[ resource_at('/one',   "$tls client_id=one $way=tls_client_auth client_certificate_file=one.crt client_key_file=one.key") ]}
        @{[ resource_at('/two',   "$tls client_id=two $way=tls_client_auth client_certificate_file=two.crt client_key_file=two.key") ]}
        @{[ resource_at('/none',  "$tls client_id=three client_secret_file=secret") ]}
    }
    server {
        listen 127.0.0.1:%%PORT_KEPT%%;
        error_page 502 = \@close;
        location / { if (\$connection_requests = 2) { rewrite ^ /unanswered last; } proxy_pass http://127.0.0.1:$port; }
        location = /unanswered { proxy_pass http://127.0.0.1:$port; }
        location \@close { return 444; }
    }
    server {
        listen 127.0.0.1:%%PORT_AS%% ssl;
        ssl_certificate server.crt;
        ssl_certificate_key server.key;
        ssl_verify_client optional;
        ssl_client_certificate authority.crt;
        location / { proxy_set_header X-Certificate "\$ssl_client_verify \$ssl_client_s_dn"; proxy_set_header X-Connection \$connection; proxy_pass http://127.0.0.1:$port; }
    }
CONF
$nginx->keep_out_of_log($secret, 'secret-%25%26-of-the-gateway', 'eyJ', 'PRIVATE KEY');
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource }));
my $number = 0;

# What the authorization server gets: the request, and its form.
sub question ($path) {
    my $token = 'opaque-token-' . ++$number;
    is $nginx->get($path, token => $token)->status, 200, "$path: a good token passes";
    my $request = ($as->requests('/introspect'))[-1];
    my %form = map { my ($name, $value) = split /=/, $_, 2; ($name, $value =~ tr/+/ /r =~ s/%(..)/chr hex $1/ger) } split /&/, $request->{body};
    is delete $form{token}, $token, 'it is asked about';
    is delete $form{token_type_hint}, 'access_token', 'as an access token';
    return ($request, \%form);
}
sub authorization ($request) { return TestNginx::Origin::header($request, 'Authorization') }

my ($request, $form) = question('/basic');
like authorization($request), qr/\ABasic /, 'client_secret_basic, which is the default: in the header';
is_deeply $form, {}, 'and nowhere else';

($request, $form) = question('/post');
is authorization($request), undef, 'client_secret_post: not in the header';
is_deeply $form, { client_id => 'gate:way', client_secret => $secret }, 'but in the form';

# --- assertions

my %seen;
sub assertion ($path, $verify) {
    my ($request, $form) = question($path);
    is authorization($request), undef, "$path: no header";
    is_deeply [sort keys %$form], [qw(client_assertion client_assertion_type client_id)], 'an assertion, and no secret';
    is $form->{client_id}, 'gate:way', 'of this client';
    is $form->{client_assertion_type}, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'RFC 7523 section 2.2';
    my ($signed, $signature) = $form->{client_assertion} =~ /\A(.+)\.(.+)\z/;
    ok $verify->(b64url_decode($signature), $signed), 'its signature is good';
    my ($header, $claims) = map { from_json(b64url_decode($_)) } split /\./, $signed;
    ok !$seen{ delete $claims->{jti} }++, 'its jti is new';
    my ($issued, $expires) = delete @$claims{qw(iat exp)};
    ok abs($issued - time) < 5 && $expires == $issued + 60, 'it is good for a minute';
    is $claims->{$_}, 'gate:way', $_ for qw(iss sub);
    return ($header, $claims->{aud});
}
sub ecdsa ($signature, $text) { return Crypt::PK::ECC->new(\public_pem('p256'))->verify_message_rfc7518($signature, $text, 'SHA256') }
sub rsa ($padding) {
    return sub ($signature, $text) { return Crypt::PK::RSA->new(\public_pem('rsa'))->verify_message($signature, $text, 'SHA256', $padding, 32) };
}
is_deeply [assertion('/pem', \&ecdsa)], [{ alg => 'ES256', typ => 'JWT' }, $issuer], 'a PEM key: its algorithm, no kid, for the authorization server';
is_deeply [assertion('/pem', \&ecdsa)], [{ alg => 'ES256', typ => 'JWT' }, $issuer], 'the next one is another one';
is_deeply [assertion('/jwk', \&ecdsa)], [{ alg => 'ES256', kid => 'the key of the JWK', typ => 'JWT' }, 'https://issuer.example.com'], 'a JWK: with its kid; issuer= names the server';
is_deeply [assertion('/rsa', rsa('v1.5'))], [{ alg => 'RS256', typ => 'JWT' }, $issuer], 'an RSA key: RS256';
is_deeply [assertion('/ps', rsa('pss'))], [{ alg => 'PS256', kid => 'a-kid', typ => 'JWT' }, 'https://as.example.com/token'], 'algorithm, kid and audience as they are set';

# A server that reads the second question of each connection and closes: libcurl then asks again, in the same words.

$as->answer('/unanswered', end => 0);
question('/kept/basic') for 1 .. 3;
is scalar(my @unanswered = $as->requests('/unanswered')), 2, 'a connection is kept, and a question with a secret is asked again when it ends';
my $first = $as->requests;
question('/kept/jwt') for 1 .. 4;
my @jtis = map { from_json(b64url_decode((split /\./, $_->{body} =~ s/.*client_assertion=//r)[1]))->{jti} } $as->requests_from($first);
my %jtis = map { $_ => 1 } @jtis;
is scalar(@jtis), 4, 'an assertion goes by a connection of its own';
is scalar(keys %jtis), 4, 'and is never sent twice, which a strict server refuses';

# --- certificates

my %connections;
for my $path (qw(/one /two /none /two /one /none /one /two)) {
    ($request, $form) = question($path);
    my $name = substr $path, 1;
    my $shown = $name eq 'none' ? 'NONE ' : "SUCCESS CN=client-$name";
    is TestNginx::Origin::header($request, 'X-Certificate'), $shown, "$path: shows " . ($name eq 'none' ? 'none' : 'its own');
    is_deeply $form, $name eq 'none' ? {} : { client_id => $name }, 'and says who it is';
    is defined authorization($request), $name eq 'none', 'with no secret beside it';
    $connections{$name}{ TestNginx::Origin::header($request, 'X-Connection') } = 1;
}
is scalar keys %{ $connections{$_} }, 1, "$_: its connection is used again" for qw(one two none);

finish();
