# What the authorization server says of one token counts for no other, whatever caches of nginx' own the location of the
# question has or inherits; and the location sees the question, not the client's request.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::FastCgi;

my $as      = run_origin();
my $fastcgi = TestNginx::FastCgi->start;
my ($port, $fastcgi_port) = ($as->port, $fastcgi->port);
my $issued  = sub ($token) { return { body => to_json({ access_token => "new-$token", token_type => 'Bearer', issued_token_type => 'urn:ietf:params:oauth:token-type:access_token' }) } };
$as->answer("/introspect$_", body => '{"active":false}', when => [[good => { body => '{"active":true,"sub":"alice"}' }]]) for '', 2;
$as->answer("/token$_", status => 400, when => [map { [$_ => $issued->($_)] } qw(alice bob)]) for '', 2;
$as->answer('/backend', body => 'hello', headers => [['Cache-Control', 'no-store']]);
my $cache = 'proxy_cache all; proxy_cache_methods GET HEAD POST; proxy_cache_valid any 10m; proxy_cache_key "$uri";';
my $nginx = run_nginx(<<"CONF");
    proxy_cache_path %%TESTDIR%%/cache keys_zone=all:1m;
    fastcgi_cache_path %%TESTDIR%%/fastcgi keys_zone=fast:1m;
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    $cache
    server {
        listen 127.0.0.1:%%PORT%%;
        location /asks    { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_inherits/introspect; %%OK%% }
        location /written { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_written/introspect2; %%OK%% }
        location /limited { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_limited/introspect2; %%OK%% }
        location /fastcgi { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_fastcgi; %%OK%% }
        location /gets    { auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_inherits/token; proxy_pass http://127.0.0.1:$port/backend; }
        location /gets2   { auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_written/token2; proxy_pass http://127.0.0.1:$port/backend; }
        location /_inherits/ { internal; proxy_set_header X-Seen "\$request_method \$request_uri \$request"; proxy_pass http://127.0.0.1:$port/; }
        location /_written/  { internal; $cache proxy_pass http://127.0.0.1:$port/; }
        location /_limited/  { internal; limit_except POST { deny all; } proxy_pass http://127.0.0.1:$port/; }
        location = /_fastcgi { internal; fastcgi_cache fast; fastcgi_cache_methods GET HEAD POST; fastcgi_cache_valid any 10m; fastcgi_cache_key "\$uri";
                               fastcgi_param REQUEST_METHOD \$request_method; fastcgi_param REQUEST_URI \$request_uri; fastcgi_pass 127.0.0.1:$fastcgi_port; }
    }
CONF

for my $path (qw(/asks /written)) {
    is $nginx->get("$path/ok", token => 'good-token')->status, 200, "$path: a good token passes";
    is $nginx->get("$path/ok", token => 'evil-token')->status, 401, "$path: a bad one behind it does not";
    is $nginx->get("$path/ok", token => 'good-other')->status, 200, "$path: and does not keep the next good one out";
}
is $nginx->get('/limited/ok', token => 'good-token')->status, 200, 'limit_except POST lets the question pass';
my ($asked) = $as->requests('/introspect');
is $asked->{method}, 'POST', 'the question is a POST';
my $seen = TestNginx::Origin::header($asked, 'X-Seen');
is $seen, 'POST /_inherits/introspect POST /_inherits/introspect HTTP/1.1', 'its location sees its method and its URI';

for my $path (qw(/gets /gets2)) {
    for my $who (qw(alice bob)) {
        $nginx->get("$path/$who", token => "$who-token");
        is TestNginx::Origin::header((grep { $_->{uri} =~ /\A.backend/ } $as->requests)[-1], 'Authorization'), "Bearer new-$who", "$path: $who gets a token of their own";
    }
}

$nginx->get('/fastcgi/ok', token => "token-$_") for 1, 2;
my @fastcgi = $fastcgi->requests;
is scalar @fastcgi, 2, 'FastCGI: each token is asked about';
is "$_->{method} $_->{uri}", 'POST /_fastcgi', 'FastCGI: by POST' for @fastcgi;

finish();
