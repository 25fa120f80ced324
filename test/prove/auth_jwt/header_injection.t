# What stands in a claim never becomes a header of its own, at the backend or at the client.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $backend = run_origin();
$backend->answer('/', body => 'from the backend');
my $port = $backend->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    auth_jwt_claim_set \$subject sub;
    auth_jwt_header_set \$header_x x;
    server {
        listen 127.0.0.1:%%PORT%%;
        location / {
            auth_jwt "site";
            auth_jwt_key_file jwks.json;
            add_header X-Sub \$jwt_claim_sub;
            add_header X-Claims \$jwt_claims;
            proxy_set_header X-Sub \$jwt_claim_sub;
            proxy_set_header X-Subject \$subject;
            proxy_set_header X-Claims \$jwt_claims;
            proxy_set_header X-Header \$jwt_header_x;
            proxy_set_header X-Header-Set \$header_x;
            proxy_pass http://127.0.0.1:$port;
        }
    }
CONF
my %hostile = (
    'CR LF'            => "a\r\nX-Admin: 1",
    'LF'               => "a\nX-Admin: 1",
    'CR'               => "a\rX-Admin: 1",
    'a whole response' => "a\r\n\r\nHTTP/1.1 200 OK\r\nX-Admin: 1\r\n\r\n",
    'NUL'              => "a\0X-Admin: 1",
    'an array'         => ["a\r\nX-Admin: 1", "\nX-Admin: 2"],
    'an object'        => { "a\r\nX-Admin: 1" => "\r\nX-Admin: 2" },
    'other controls'   => "\x01\x08\x0b\x1b\x7fX-Admin: 1",
    'a unicode line separator' => "a\x{2028}X-Admin: 1\x{85}",
);
for my $name (sort keys %hostile) {
    my $token = mint('p256', claims(sub => $hostile{$name}), header => { x => $hostile{$name} });
    my $before = () = $backend->requests;
    my @responses = $nginx->send('/' . $name =~ s/ /_/gr, token => $token);
    is @responses, 1, "$name: one response";
    is $responses[0]->header('X-Admin'), undef, "$name: no header of its own at the client";
    my @new = ($backend->requests)[$before .. $before + 5];
    my @seen = grep { defined } @new;
    is scalar(grep { defined TestNginx::Origin::header($_, 'X-Admin') } @seen), 0, "$name: nor at the backend";
    unlike join('', map { $_->[1] } map { @{ $_->{headers} } } @seen), qr/[\0-\x1f\x7f]/, "$name: no control character reaches it";
    cmp_ok scalar @seen, '<=', 1, "$name: and no second request";
}

finish();
