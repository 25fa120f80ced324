# auth_oauth2_token_exchange_cache: a new token is kept for one token, audience and scope, and not beyond its life.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_exchange on;
    auth_oauth2_token_token_endpoint /_as/token;
    auth_oauth2_token_introspect_endpoint /_as/introspect;
    auth_oauth2_token_audience \$http_x_audience;
    auth_oauth2_token_scope \$http_x_scope;
    add_header X-New \$oauth2_token_new_token;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /none  { %%OK%% }
        location /off   { auth_oauth2_token_exchange_cache zone=main:1m max_ttl=0; %%OK%% }
        location /long  { auth_oauth2_token_exchange_cache zone=main:1m; %%OK%% }
        location /short { auth_oauth2_token_exchange_cache zone=main:1m max_ttl=1s; %%OK%% }
        location /both  { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1s; auth_oauth2_token_exchange_cache zone=main:1m; %%OK%% }
        location /_as/  { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
my $number = 0;

sub asked () { return scalar(() = $as->requests('/token')) }
sub token () { return 'subject-token-' . ++$number }

sub answer (%members) {
    return $as->answer('/token', body => to_json({ access_token => "new-token-$number", token_type => 'Bearer', %members }));
}

sub questions ($path, $token, @headers) {
    my $before = asked();
    my @new = map { $nginx->get($path, token => $token, headers => \@headers)->header('X-New') } 1 .. 3;
    return asked() - $before . " @new";
}

answer();
is questions('/none', token()), '3 new-token-0 new-token-0 new-token-0', 'without a cache: asked every time';
is questions('/off', token()),  '3 new-token-0 new-token-0 new-token-0', 'max_ttl=0: the same';
is questions('/long', token()), '1 new-token-0 new-token-0 new-token-0', 'with a cache: asked once';
answer(expires_in => 1000);
my $token = token();
is questions('/long', $token), '1 new-token-3 new-token-3 new-token-3', 'with expires_in';

answer();
is questions('/long', $token, 'X-Audience: a'),               '1 new-token-4 new-token-4 new-token-4', 'another audience is another entry';
is questions('/long', $token, 'X-Scope: a'),                  '1 new-token-4 new-token-4 new-token-4', 'another scope is another entry';
is questions('/long', $token, 'X-Audience: a', 'X-Scope: b'), '1 new-token-4 new-token-4 new-token-4', 'both together, too';
is questions('/long', $token, 'X-Audience: ab'),              '1 new-token-4 new-token-4 new-token-4', 'what one has more the other does not have less';
is questions('/long', $token),                                '0 new-token-3 new-token-3 new-token-3', 'the first is still there';

for (['/long', expires_in => 1], ['/short']) {
    my ($path, @members) = @$_;
    $token = token();
    answer(@members);
    is $nginx->get($path, token => $token)->header('X-New'), "new-token-$number", "$path @members: the first";
    my $before = asked();
    $number++;
    answer(@members);
    ok wait_for(20, sub { $nginx->get($path, token => $token)->header('X-New') eq "new-token-$number" }), "$path @members: when it is over, another one";
    cmp_ok asked() - $before, '>=', 1, "$path @members: that was asked for";
}

$as->answer('/token', status => 400, body => '{"error":"invalid_target"}');
$token = token();
is $nginx->get('/long', token => $token)->status, 502, 'a refusal';
answer();
is $nginx->get('/long', token => $token)->status, 200, 'is not kept';

# One zone may serve both caches; revocation counts, whatever has been exchanged.
$as->answer('/introspect', body => '{"active":true}');
$token = token();
is questions('/both', $token) =~ /^1 /, 1, 'introspection and exchange share a zone';
is scalar(() = $as->requests('/introspect')), 1, 'and each is asked once';
$as->answer('/introspect', body => '{"active":false}');
ok wait_for(20, sub { $nginx->get('/both', token => $token)->status == 401 }), 'a revoked token is refused, although its exchange is cached';

finish();
