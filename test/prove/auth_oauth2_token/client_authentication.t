# auth_oauth2_token_client_authentication: how introspection and exchange show who we are. One way in each request.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Crypt::PK::ECC;
use TestNginx;

my $as   = run_origin();
my $port = $as->port;
$as->answer('/introspect', body => '{"active":true}');
$as->answer('/token', body => '{"access_token":"new-token","token_type":"Bearer"}');
my $secret = 'secret-%-of-the-gateway';

my @started;

sub with_client ($client) {
    my $nginx = run_nginx(<<"CONF", { secret => "$secret\n", 'key.pem' => private_pem('p256') });
        auth_oauth2_token_client_id gate:way;
        $client
        server {
            listen 127.0.0.1:%%PORT%%;
            auth_oauth2_token_introspect_endpoint /_as/introspect;
            auth_oauth2_token_token_endpoint /_as/token;
            location / { auth_oauth2_token_introspect on; auth_oauth2_token_exchange on; %%OK%% }
            location /_as/ { internal; proxy_pass http://127.0.0.1:$port/; }
        }
CONF
    $nginx->keep_out_of_log($secret, 'secret-%25-of-the-gateway', 'eyJ');
    push @started, $nginx;
    return $nginx;
}

my $number = 0;

# What arrives at both endpoints: the header, and the form without what is about the token.
sub questions ($nginx) {
    is $nginx->get('/', token => 'opaque-token-' . ++$number)->status, 200, 'a good token passes';
    return map {
        my $request = ($as->requests($_))[-1];
        my %form = map { my ($name, $value) = split /=/, $_, 2; ($name, $value =~ tr/+/ /r =~ s/%(..)/chr hex $1/ger) } split /&/, $request->{body};
        delete @form{qw(token token_type_hint grant_type subject_token subject_token_type)};
        [TestNginx::Origin::header($request, 'Authorization'), \%form];
    } qw(/introspect /token);
}

my $nginx = with_client('auth_oauth2_token_client_secret_file secret; auth_oauth2_token_client_authentication client_secret_basic;');
for my $question (questions($nginx)) {
    like $question->[0], qr/\ABasic /, 'client_secret_basic, which is the default: in the header';
    is_deeply $question->[1], {}, 'and nowhere else';
}

$nginx = with_client('auth_oauth2_token_client_authentication client_secret_post; auth_oauth2_token_client_secret_file secret;');
is_deeply $_, [undef, { client_id => 'gate:way', client_secret => $secret }], 'client_secret_post: in the form' for questions($nginx);

# Whoever connects has the certificate: proxy_ssl_certificate of the internal location.
$nginx = with_client('auth_oauth2_token_client_authentication tls_client_auth; proxy_ssl_session_reuse off;');
is_deeply $_, [undef, { client_id => 'gate:way' }], 'tls_client_auth: only who we are' for questions($nginx);

# nginx resumes TLS sessions by address alone, and a session knows the certificate that began it.
my $made = File::Temp->newdir;
for my $name (qw(server one two)) {
    system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=$name -keyout $made/$name.key -out $made/$name.crt >$made/log 2>&1") == 0 or die TestNginx::Report::slurp("$made/log");
}
my %files = map { ($_ => TestNginx::Report::slurp("$made/$_")) } qw(server.key server.crt one.key one.crt two.key two.crt);
sub asks_as ($name) {
    return "location /$name { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_$name; %%OK%% }
        location = /_$name { internal; proxy_pass https://127.0.0.1:%%PORT_AS%%/introspect; proxy_ssl_certificate $name.crt; proxy_ssl_certificate_key $name.key; proxy_ssl_protocols TLSv1.2 TLSv1.3; proxy_ssl_session_reuse off; }";
}
for my $protocol (qw(TLSv1.2 TLSv1.3)) {
    my $tls = run_nginx(<<"CONF", \%files);
        auth_oauth2_token_client_id gateway;
        auth_oauth2_token_client_authentication tls_client_auth;
        server { listen 127.0.0.1:%%PORT%%; @{[ asks_as('one') ]} @{[ asks_as('two') ]} }
        server {
            listen 127.0.0.1:%%PORT_AS%% ssl;
            ssl_protocols $protocol;
            ssl_certificate server.crt;
            ssl_certificate_key server.key;
            ssl_verify_client optional_no_ca;
            location / { proxy_set_header X-Certificate \$ssl_client_s_dn; proxy_pass http://127.0.0.1:$port; }
        }
CONF
    for my $name (qw(one two two one)) {
        is $tls->get("/$name", token => 'opaque-token-' . ++$number)->status, 200, "$protocol: /$name";
        is TestNginx::Origin::header(($as->requests('/introspect'))[-1], 'X-Certificate'), "CN=$name", 'proxy_ssl_session_reuse off: it shows its own certificate';
    }
    push @started, $tls;
}

my $issuer = 'https://as.example.com';
$nginx = with_client("auth_oauth2_token_client_authentication private_key_jwt audience=$issuer; auth_oauth2_token_client_key_file key.pem key_id=the-key;");
my %seen;
for my $question (questions($nginx), questions($nginx)) {
    my ($header, $form) = @$question;
    is $header, undef, 'private_key_jwt: no header';
    my ($signed, $signature) = delete($form->{client_assertion}) =~ /\A(.+)\.(.+)\z/;
    is_deeply $form, { client_id => 'gate:way', client_assertion_type => 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }, 'but an assertion';
    ok(Crypt::PK::ECC->new(\public_pem('p256'))->verify_message_rfc7518(b64url_decode($signature), $signed, 'SHA256'), 'whose signature is good');
    my ($jose, $claims) = map { from_json(b64url_decode($_)) } split /\./, $signed;
    is_deeply $jose, { alg => 'ES256', kid => 'the-key', typ => 'JWT' }, 'by that key';
    is_deeply [@$claims{qw(iss sub aud)}], ['gate:way', 'gate:way', $issuer], 'about us, for that server';
    ok !$seen{ $claims->{jti} }++, 'and good once';
}

# A location that drops the header is told apart only where there is one.
$as->answer('/introspect', status => 401, body => '{"error":"invalid_client"}');
$nginx->refuses('no Authorization header is missed', path => '/', token => 'another-token', status => 503, reason => qr/server_refuses_client: [^:]+: "[^"]+" gave status 401, "invalid_client", client:/);

finish();
