from tests import documents
async def test_smoke(client, place):
    made = await documents.published(client, place)
    print(made)
    r = await client.post("/api/v3/workflow/work_units", json={"project_id": made["id"], "name": "Case 1", "data": {"a": 1}}, headers=place.manager.headers)
    print(r.status_code, r.text, r.headers)
    r = await client.get("/api/v3/workflow/activities?included[]=project,node&included[]=work_unit&count=true", headers=place.manager.headers)
    print(r.status_code, r.text)
    aid = r.json()["data"][0]["id"]
    r = await client.patch(f"/api/v3/workflow/activities/{aid}/assign", json={"start_working": True}, headers=place.manager.headers)
    print(r.status_code, r.text, r.headers)
    r = await client.get("/api/v3/workflow/tracker/last", headers=place.manager.headers)
    print(r.status_code, r.text)
    r = await client.get("/api/v3/workflow/work_units/1/workflow", headers=place.manager.headers)
    print(r.status_code, r.text)
    r = await client.post("/api/v3/workflow/activities/next", json={}, headers=place.manager.headers)
    print(r.status_code, r.text)
    r = await client.get("/api/v3/workflow/project/members", headers=place.manager.headers)
    print(r.status_code, r.text)
    r = await client.get("/api/v3/workflow/projects?count=1", headers=place.manager.headers)
    print(r.status_code, r.text)
    r = await client.get("/api/v3/workflow/work_periods", headers=place.manager.headers)
    print(r.status_code, r.text)
    assert 0
